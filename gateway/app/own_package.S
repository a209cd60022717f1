// Our own FHIR package (mappings/package), as read-only bytes of the program.
    .section .rodata
    .balign 16
    .global throughline_own_package
    .global throughline_own_package_end
    .hidden throughline_own_package
    .hidden throughline_own_package_end
throughline_own_package:
    .incbin THROUGHLINE_PACKAGE_FILE
throughline_own_package_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
