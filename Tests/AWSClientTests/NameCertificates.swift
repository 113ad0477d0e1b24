import NIOSSL

/// Certificates whose names differ, all signed by one authority over one key.
///
/// Made for these tests alone, valid for a hundred years; the authority's key is not kept.
enum NameCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUYnAhjthVYSLiRuprzh6FQYgZ+CAwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMB8xHTAbBgNVBAMMFG5hbWVzIHRlc3QgYXV0aG9y
        aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC8OFDE4P0xnF8TQkNkXpDVsT
        26jRFR8TM9r3vfqJ9CtIYGecLpP2sYrzaNSoh2PmrVxQOAy3ImA6wNh6xdp0TKNT
        MFEwHQYDVR0OBBYEFLZJN+4auh3mHdKcvkSsd5FrxS3TMB8GA1UdIwQYMBaAFLZJ
        N+4auh3mHdKcvkSsd5FrxS3TMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
        SQAwRgIhAIoVIWhz0FXwCJmHs9mh+irw8V5ygLrj6RbgXjDHknLRAiEA/yUNrZmI
        KwDGZxWRwVUms9YN5NDYe48nyAT6PkhV2lw=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2aRtuhU9oeVGaQTr
        rgJLwTbk38Pj/E6UNVIpJsMn7QOhRANCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV
        4YCjVl1ueV1QZqyjAE8h7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28
        -----END PRIVATE KEY-----
        """

    /// dNSName codepipeline.eu-west-1.amazonaws.com.
    static let exact = """
        -----BEGIN CERTIFICATE-----
        MIIBuDCCAV+gAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap630wCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o4GJMIGGMBMGA1UdJQQMMAoGCCsG
        AQUFBwMBMC8GA1UdEQQoMCaCJGNvZGVwaXBlbGluZS5ldS13ZXN0LTEuYW1hem9u
        YXdzLmNvbTAdBgNVHQ4EFgQUy1Uq0X8j/VqTxxc/vnfRsrkG0DMwHwYDVR0jBBgw
        FoAUtkk37hq6HeYd0py+RKx3kWvFLdMwCgYIKoZIzj0EAwIDRwAwRAIgD9DV8L66
        cutbTUo/eJsfntW7tinD/1hHKAX+TVvbS2kCIECYL11lcJhXOWOmbxpwe+b53FEm
        PbzJXef/f+y50Jex
        -----END CERTIFICATE-----
        """

    /// The same name in other letters.
    static let capitals = """
        -----BEGIN CERTIFICATE-----
        MIIBuDCCAV+gAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64kwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODUw
        WhgPMjEyNjExMDQxNTA4NTBaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o4GJMIGGMBMGA1UdJQQMMAoGCCsG
        AQUFBwMBMC8GA1UdEQQoMCaCJENvZGVQaXBlbGluZS5FVS1XZXN0LTEuQW1hem9u
        QVdTLmNvbTAdBgNVHQ4EFgQUy1Uq0X8j/VqTxxc/vnfRsrkG0DMwHwYDVR0jBBgw
        FoAUtkk37hq6HeYd0py+RKx3kWvFLdMwCgYIKoZIzj0EAwIDRwAwRAIgFoe9tlKk
        z8O2dvV+5fdYR40y2kzy8j4mmc0txUzGlWACIGuBMM9ZPGRlDFWSaM4b00dsVXV8
        ANd1yMUJ/3nhGry1
        -----END CERTIFICATE-----
        """

    /// iPAddress 127.0.0.1 and nothing else.
    static let addressOnly = """
        -----BEGIN CERTIFICATE-----
        MIIBlzCCAT2gAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap634wCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o2gwZjATBgNVHSUEDDAKBggrBgEF
        BQcDATAPBgNVHREECDAGhwR/AAABMB0GA1UdDgQWBBTLVSrRfyP9WpPHFz++d9Gy
        uQbQMzAfBgNVHSMEGDAWgBS2STfuGrod5h3SnL5ErHeRa8Ut0zAKBggqhkjOPQQD
        AgNIADBFAiEA7NduFX/gNqbRYHzwNlTWKzX0i1ZSx6OB1UBuRg4cBGUCIHZSGB30
        5qS72Vxs7JLIeZ5h2wgfkgn8EEyFON5DHuN4
        -----END CERTIFICATE-----
        """

    /// No subject alternative name; the common name is AWS's.
    static let commonNameOnly = """
        -----BEGIN CERTIFICATE-----
        MIIBqTCCAU+gAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap638wCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMC8xLTArBgNVBAMMJGNvZGVwaXBlbGluZS5ldS13
        ZXN0LTEuYW1hem9uYXdzLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPft
        hLup0tMFUU0CTmtKLNznxiOtc1XhgKNWXW55XVBmrKMATyHsgkDCU/y96YP6rs4X
        q3ZYvghsEGMSa8SUTbyjVzBVMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQW
        BBTLVSrRfyP9WpPHFz++d9GyuQbQMzAfBgNVHSMEGDAWgBS2STfuGrod5h3SnL5E
        rHeRa8Ut0zAKBggqhkjOPQQDAgNIADBFAiB/vLBtPwl7Txxfh4oOKP7jUnafk2KG
        v2zV2HXd8VqofAIhAJOJP10u5+HQ4Oa+myEP1MALtC2//6xKpKNHvwtvRFaV
        -----END CERTIFICATE-----
        """

    /// dNSName elsewhere.example and iPAddress 127.0.0.1; the common name is AWS's.
    static let otherNameAndAddress = """
        -----BEGIN CERTIFICATE-----
        MIIBzjCCAXOgAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64AwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMC8xLTArBgNVBAMMJGNvZGVwaXBlbGluZS5ldS13
        ZXN0LTEuYW1hem9uYXdzLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPft
        hLup0tMFUU0CTmtKLNznxiOtc1XhgKNWXW55XVBmrKMATyHsgkDCU/y96YP6rs4X
        q3ZYvghsEGMSa8SUTbyjezB5MBMGA1UdJQQMMAoGCCsGAQUFBwMBMCIGA1UdEQQb
        MBmCEWVsc2V3aGVyZS5leGFtcGxlhwR/AAABMB0GA1UdDgQWBBTLVSrRfyP9WpPH
        Fz++d9GyuQbQMzAfBgNVHSMEGDAWgBS2STfuGrod5h3SnL5ErHeRa8Ut0zAKBggq
        hkjOPQQDAgNJADBGAiEA/BnIU5YQSWBgqOxeulRZ9RqPJ40Cg14TOua4ncJVFwAC
        IQCdISwKcwRU1aHFxRmF/vTSbmlBkkFDuBSEiRdLf0vPwA==
        -----END CERTIFICATE-----
        """

    /// dNSName *.eu-west-1.amazonaws.com.
    static let wildcard = """
        -----BEGIN CERTIFICATE-----
        MIIBrTCCAVKgAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64EwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o30wezATBgNVHSUEDDAKBggrBgEF
        BQcDATAkBgNVHREEHTAbghkqLmV1LXdlc3QtMS5hbWF6b25hd3MuY29tMB0GA1Ud
        DgQWBBTLVSrRfyP9WpPHFz++d9GyuQbQMzAfBgNVHSMEGDAWgBS2STfuGrod5h3S
        nL5ErHeRa8Ut0zAKBggqhkjOPQQDAgNJADBGAiEA54Df0mta48drdzC7m2qvcDC5
        eVtdevxSVqajUQDMWVACIQCdh45pUoar2T00JdV5gCRiEOEg2m1mLC8VM/wunHtV
        jw==
        -----END CERTIFICATE-----
        """

    /// dNSName code*.eu-west-1.amazonaws.com.
    static let partialWildcard = """
        -----BEGIN CERTIFICATE-----
        MIIBsTCCAVegAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64IwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o4GBMH8wEwYDVR0lBAwwCgYIKwYB
        BQUHAwEwKAYDVR0RBCEwH4IdY29kZSouZXUtd2VzdC0xLmFtYXpvbmF3cy5jb20w
        HQYDVR0OBBYEFMtVKtF/I/1ak8cXP7530bK5BtAzMB8GA1UdIwQYMBaAFLZJN+4a
        uh3mHdKcvkSsd5FrxS3TMAoGCCqGSM49BAMCA0gAMEUCIQCdrfoaMw+TnZPTxVTW
        Wp1C6VQfrG5YNmokFiclUACU0AIgZHJZFdf5IeaBbyfeo5N/FfzoQDCCFmdKLLJ0
        p38aFYg=
        -----END CERTIFICATE-----
        """

    /// dNSName codepipeline.*.amazonaws.com.
    static let innerWildcard = """
        -----BEGIN CERTIFICATE-----
        MIIBsTCCAVagAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64MwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o4GAMH4wEwYDVR0lBAwwCgYIKwYB
        BQUHAwEwJwYDVR0RBCAwHoIcY29kZXBpcGVsaW5lLiouYW1hem9uYXdzLmNvbTAd
        BgNVHQ4EFgQUy1Uq0X8j/VqTxxc/vnfRsrkG0DMwHwYDVR0jBBgwFoAUtkk37hq6
        HeYd0py+RKx3kWvFLdMwCgYIKoZIzj0EAwIDSQAwRgIhAKZ8y1EhoFZwfezcgyV+
        +gpcXN/yqefy2x9MaHuKih+bAiEA5OIayGOK4whrnKWf1FJtCmcF7AzUVLKsGhlh
        kCSwrlo=
        -----END CERTIFICATE-----
        """

    /// dNSName *.com.
    static let highWildcard = """
        -----BEGIN CERTIFICATE-----
        MIIBmDCCAT6gAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64QwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o2kwZzATBgNVHSUEDDAKBggrBgEF
        BQcDATAQBgNVHREECTAHggUqLmNvbTAdBgNVHQ4EFgQUy1Uq0X8j/VqTxxc/vnfR
        srkG0DMwHwYDVR0jBBgwFoAUtkk37hq6HeYd0py+RKx3kWvFLdMwCgYIKoZIzj0E
        AwIDSAAwRQIhANnFfUOQmP4iAIwiMVVGaCqUYe8thjQt9fKwCmUJiPWcAiAqWcNe
        7ko5y4FW6LRcGEBD7pDFkqlKY2E9Bu4A4RO5IQ==
        -----END CERTIFICATE-----
        """

    /// dNSName *.
    static let anything = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATqgAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64UwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o2UwYzATBgNVHSUEDDAKBggrBgEF
        BQcDATAMBgNVHREEBTADggEqMB0GA1UdDgQWBBTLVSrRfyP9WpPHFz++d9GyuQbQ
        MzAfBgNVHSMEGDAWgBS2STfuGrod5h3SnL5ErHeRa8Ut0zAKBggqhkjOPQQDAgNJ
        ADBGAiEApHkkvX16PhJAtubsxeGWSBMm+jSmeefHlwhCjxMfq7QCIQDr8+7wSBIV
        NaxsvBfasvpHhz4xsBhJ042kFjSxGDyXeg==
        -----END CERTIFICATE-----
        """

    /// uniformResourceIdentifier https://codepipeline.eu-west-1.amazonaws.com/.
    static let uri = """
        -----BEGIN CERTIFICATE-----
        MIIBwjCCAWigAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64gwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAAT37YS7qdLTBVFNAk5rSizc58YjrXNV4YCjVl1ueV1QZqyjAE8h
        7IJAwlP8vemD+q7OF6t2WL4IbBBjEmvElE28o4GSMIGPMBMGA1UdJQQMMAoGCCsG
        AQUFBwMBMDgGA1UdEQQxMC+GLWh0dHBzOi8vY29kZXBpcGVsaW5lLmV1LXdlc3Qt
        MS5hbWF6b25hd3MuY29tLzAdBgNVHQ4EFgQUy1Uq0X8j/VqTxxc/vnfRsrkG0DMw
        HwYDVR0jBBgwFoAUtkk37hq6HeYd0py+RKx3kWvFLdMwCgYIKoZIzj0EAwIDSAAw
        RQIhAPBDnKig6LiB3v010psDSW7d6sJUdAOAnzGuEg/lnuEyAiAcb+2LV1aTca4R
        RmfTZujRV4oJ3le13VANQrxKbwVz2Q==
        -----END CERTIFICATE-----
        """

    /// iPAddress 127.0.0.1; the common name is localhost.
    static let localhostByAddress = """
        -----BEGIN CERTIFICATE-----
        MIIBnjCCAUWgAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64YwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABPfthLup0tMFUU0CTmtKLNznxiOtc1XhgKNWXW55
        XVBmrKMATyHsgkDCU/y96YP6rs4Xq3ZYvghsEGMSa8SUTbyjaDBmMBMGA1UdJQQM
        MAoGCCsGAQUFBwMBMA8GA1UdEQQIMAaHBH8AAAEwHQYDVR0OBBYEFMtVKtF/I/1a
        k8cXP7530bK5BtAzMB8GA1UdIwQYMBaAFLZJN+4auh3mHdKcvkSsd5FrxS3TMAoG
        CCqGSM49BAMCA0cAMEQCID8LajTQ2qEnllUKfhzrFt+YaPdd2JElQRqHKjFGWyTZ
        AiBPOmuKekrdzwEJiM1/rTY0biRloff726sJ+Pvdl2Mf4A==
        -----END CERTIFICATE-----
        """

    /// No subject alternative name; the common name is localhost.
    static let localhostByName = """
        -----BEGIN CERTIFICATE-----
        MIIBjzCCATSgAwIBAgIUDSbybxCDjYwUmGDCiQZkKLap64cwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABPfthLup0tMFUU0CTmtKLNznxiOtc1XhgKNWXW55
        XVBmrKMATyHsgkDCU/y96YP6rs4Xq3ZYvghsEGMSa8SUTbyjVzBVMBMGA1UdJQQM
        MAoGCCsGAQUFBwMBMB0GA1UdDgQWBBTLVSrRfyP9WpPHFz++d9GyuQbQMzAfBgNV
        HSMEGDAWgBS2STfuGrod5h3SnL5ErHeRa8Ut0zAKBggqhkjOPQQDAgNJADBGAiEA
        ls1nt+MJv53G3fUvSd0y9GjU1z0Sg9a8oQouC3Y/5FICIQDPvkHzKcAGbO4cxrJK
        8E8lWbOle7M4ieQ0jCWulkSJDA==
        -----END CERTIFICATE-----
        """

    /// The server's side of TLS with one of the certificates.
    static func context(_ certificate: String) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
            )
        )
    }
}
