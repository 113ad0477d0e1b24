import YAML

/// The connection keys that one `aws:` or one target sets.
struct AWSDraft {
    var region: Located<String>?
    var profile: Located<String>?
    var roleARN: Located<RoleARN>?
    var externalID: Located<String>?
    var causeRoleARN: Located<RoleARN>?
    var endpointURL: Located<EndpointURL>?
    var stsEndpointURL: Located<EndpointURL>?
    var endpointURLs: [String: Located<EndpointURL>] = [:]
    var allowInsecureEndpoint: Located<Bool>?
    var caBundle: Located<String>?
    var useFIPSEndpoint: Located<Bool>?
    var useDualstackEndpoint: Located<Bool>?

    /// The draft with unset keys taken from another.
    func over(_ outer: AWSDraft) -> AWSDraft {
        AWSDraft(
            region: region ?? outer.region,
            profile: profile ?? outer.profile,
            roleARN: roleARN ?? outer.roleARN,
            externalID: externalID ?? outer.externalID,
            causeRoleARN: causeRoleARN ?? outer.causeRoleARN,
            endpointURL: endpointURL ?? outer.endpointURL,
            stsEndpointURL: stsEndpointURL ?? outer.stsEndpointURL,
            endpointURLs: endpointURLs.merging(outer.endpointURLs) { own, _ in own },
            allowInsecureEndpoint: allowInsecureEndpoint ?? outer.allowInsecureEndpoint,
            caBundle: caBundle ?? outer.caBundle,
            useFIPSEndpoint: useFIPSEndpoint ?? outer.useFIPSEndpoint,
            useDualstackEndpoint: useDualstackEndpoint ?? outer.useDualstackEndpoint
        )
    }

    /// The connection; keys that exclude each other are reported.
    func connection(log: ErrorLog) -> AWSConnection {
        if let id = externalID, roleARN == nil, causeRoleARN == nil {
            log.add(
                at: id.position,
                id.key,
                "has no effect without a role",
                expected: "role_arn next to external_id"
            )
        }
        for endpoint in [endpointURL, stsEndpointURL].compactMap({ $0 }) {
            checkEncryption(endpoint, log: log)
            checkSwitches(endpoint, log: log)
        }
        for endpoint in endpointURLs.values { checkEncryption(endpoint, log: log) }
        return AWSConnection(
            region: region?.value,
            profile: profile?.value,
            roleARN: roleARN?.value,
            externalID: externalID?.value,
            causeRoleARN: causeRoleARN?.value,
            endpointURL: endpointURL?.value.text,
            stsEndpointURL: stsEndpointURL?.value.text,
            endpointURLs: endpointURLs.mapValues(\.value.text),
            allowInsecureEndpoint: allowInsecureEndpoint?.value ?? false,
            caBundle: caBundle?.value,
            useFIPSEndpoint: useFIPSEndpoint?.value,
            useDualstackEndpoint: useDualstackEndpoint?.value
        )
    }

    private func checkEncryption(_ endpoint: Located<EndpointURL>, log: ErrorLog) {
        guard !endpoint.value.isSecure, !endpoint.value.isLoopback,
            allowInsecureEndpoint?.value != true
        else { return }
        log.add(
            at: endpoint.position,
            endpoint.key,
            "is plain http to another host",
            expected: "https, a loopback address, or allow_insecure_endpoint: true"
        )
    }

    /// The switches choose among AWS's own hosts, so that a URL beside them contradicts them; a URL
    /// of `endpoint_urls` replaces them for one service.
    private func checkSwitches(_ endpoint: Located<EndpointURL>, log: ErrorLog) {
        for (name, flag) in [
            ("use_fips_endpoint", useFIPSEndpoint),
            ("use_dualstack_endpoint", useDualstackEndpoint),
        ] where flag?.value == true {
            log.add(
                at: endpoint.position,
                endpoint.key,
                "cannot be combined with \(name): true",
                expected: "one of the two"
            )
        }
    }
}

extension Section {
    /// The keys of `aws:`.
    func awsDraft() -> AWSDraft {
        AWSDraft(
            region: written("region") { $0.region() },
            profile: written("profile") { $0.freeName("a profile's name") },
            roleARN: written("role_arn") { $0.roleARN() },
            externalID: written("external_id") { $0.externalID() },
            causeRoleARN: written("cause_role_arn") { $0.roleARN() },
            endpointURL: written("endpoint_url") { $0.endpointURL() },
            stsEndpointURL: written("sts_endpoint_url") { $0.endpointURL() },
            endpointURLs: self["endpoint_urls"].flatMap { $0.endpointURLs() } ?? [:],
            allowInsecureEndpoint: written("allow_insecure_endpoint") { $0.boolean() },
            caBundle: written("ca_bundle") { $0.absolutePath() },
            useFIPSEndpoint: written("use_fips_endpoint") { $0.boolean() },
            useDualstackEndpoint: written("use_dualstack_endpoint") { $0.boolean() }
        )
    }
}

extension Field {
    /// A Region becomes part of a host name, so it must be a host label.
    fileprivate func region() -> String? {
        let expected = "a Region such as eu-west-1"
        guard let text = text(expected: expected, most: 63) else { return nil }
        let isLabel = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (48...57).contains(byte) || (97...122).contains(byte)
        }
        guard isLabel, text.first != "-", text.last != "-" else {
            reject(
                "is \"\(ErrorLog.shown(text))\"",
                expected: expected,
                suggestion: Suggestion.nearest(to: text, among: RegionName.known)
            )
            return nil
        }
        return text
    }

    fileprivate func roleARN() -> RoleARN? {
        let expected = "arn:aws:iam::ACCOUNT:role/NAME with an ACCOUNT of 12 digits"
        guard let text = text(expected: expected, most: 2048) else { return nil }
        guard let arn = RoleARN(text) else {
            reject("is \"\(ErrorLog.shown(text))\"", expected: expected)
            return nil
        }
        return arn
    }

    /// An ExternalId of STS: 2 to 1224 word characters or `+=,.@:/-`.
    ///
    /// The text is not shown in errors.
    fileprivate func externalID() -> String? {
        let expected = "2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -"
        guard let text = text(expected: expected, most: 1224) else { return nil }
        let isGood = text.utf8.allSatisfy { byte in
            NameForm.isAWSCharacter(byte) || Array("+=,:/".utf8).contains(byte)
        }
        guard isGood, text.utf8.count >= 2 else {
            reject("has a character or length that STS rejects", expected: expected)
            return nil
        }
        return text
    }

    fileprivate func absolutePath() -> String? {
        let expected = "an absolute path"
        guard let text = text(expected: expected, most: 4096) else { return nil }
        guard text.hasPrefix("/"), NameForm.isOneLine(text) else {
            reject("is \"\(ErrorLog.shown(text))\"", expected: expected)
            return nil
        }
        return text
    }

    /// The URLs of services that say why an action failed.
    fileprivate func endpointURLs() -> [String: Located<EndpointURL>]? {
        let names = SettingsKeys.endpointURLs
        let hints = [
            "codepipeline": "endpoint_url beside endpoint_urls",
            "sts": "sts_endpoint_url beside endpoint_urls",
        ]
        guard let section = section(names, hints: hints) else { return nil }
        var urls: [String: Located<EndpointURL>] = [:]
        for name in names { urls[name] = section.written(name) { $0.endpointURL() } }
        return urls
    }

    /// A URL may contain a password, so an error does not show it.
    fileprivate func endpointURL() -> EndpointURL? {
        let expected = "a URL such as https://host:port"
        guard let text = text(expected: expected, most: 2048) else { return nil }
        switch EndpointURL.parse(text) {
        case .success(let url):
            return url
        case .failure(let error):
            self.reject(error.problem, expected: expected)
            return nil
        }
    }
}
