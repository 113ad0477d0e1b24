extension AWSEnvironment {
    /// Refuses a secret file that others could have written, and warns of one that others can read.
    ///
    /// Files below `$CREDENTIALS_DIRECTORY` and `/var/run/secrets` are made by systemd and the
    /// kubelet with wider read permissions and cause no warning.
    func judge(
        _ stamp: FileStamp,
        of path: String,
        holdsSecrets: Bool = true
    ) throws(CredentialsError) {
        // Commonly used for none; everybody may write there, and nothing is read from it.
        guard path != "/dev/null" else { return }
        if stamp.mode & 0o022 != 0 {
            throw CredentialsError(
                source: path,
                reason: "the file is writable by group or others; run chmod go-w on it"
            )
        }
        if let userID, stamp.owner != 0, stamp.owner != userID {
            throw CredentialsError(
                source: path,
                reason: "the file belongs to user \(stamp.owner); expected \(userID) or root"
            )
        }
        guard holdsSecrets else { return }
        let managed = [variable("CREDENTIALS_DIRECTORY"), "/var/run/secrets", "/run/secrets"]
        guard !managed.compactMap({ $0 }).contains(where: { path.hasPrefix($0 + "/") }) else {
            return
        }
        // Who does not own the file reads it by its group, and would lose it with that access.
        let isOurs = userID.map { $0 != 0 && stamp.owner == $0 } ?? true
        let group = isOurs && stamp.mode & 0o040 != 0
        let others = stamp.mode & 0o004 != 0
        guard group || others else { return }
        log(
            .warning,
            "\(path) is readable by \(others ? "every user of this machine" : "its group"); run "
                + "chmod \(group ? "g" : "")\(others ? "o" : "")-r on it"
        )
    }
}
