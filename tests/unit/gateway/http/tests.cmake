# Poco and OpenSSL for the other end of a TLS connection; the label has the program run under ThreadSanitizer too.
target_link_libraries(test_gateway_http PRIVATE Poco::Net Poco::NetSSL OpenSSL::SSL)
set(labels unit threads)
set_target_properties(test_gateway_http PROPERTIES UNITY_BUILD OFF)  # its files use the same words for different things
