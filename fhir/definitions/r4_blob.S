// The compiled R4 definitions, as read-only bytes of the program.
    .section .rodata
    .balign 16
    .global throughline_r4_blob
    .global throughline_r4_blob_end
    .hidden throughline_r4_blob
    .hidden throughline_r4_blob_end
throughline_r4_blob:
    .incbin THROUGHLINE_R4_BLOB
throughline_r4_blob_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
