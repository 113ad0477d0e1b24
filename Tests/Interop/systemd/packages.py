"""The ways to install the service: the Debian package, the rpm, and the tarball."""

import pathlib
import tarfile

from lab import CONFIG, STATE, run

NAME = "pipeline-retryd"


class Package:
    """What the proof does with a package, whatever its kind."""

    # Below what the program, the unit and the documents are.
    prefix = "/usr"
    zsh = "share/zsh/site-functions"
    fish = "share/fish/vendor_completions.d"
    manuals = ["man8/pipeline-retryd.8.gz", "man5/pipeline-retryd.yaml.5.gz"]
    # How the kind names what becomes of an edited config when the package is removed.
    kept_config = CONFIG

    def __init__(self, work):
        self.work = work
        self.file = next(work.glob(self.pattern))

    @property
    def program(self):
        return pathlib.Path(self.prefix, "bin", NAME)

    @property
    def share(self):
        return pathlib.Path(self.prefix, "share")

    def prepare(self):
        """Makes what systems of this kind have and the one that is booted may lack."""

    def facts(self):
        """Name and value of what else is worth a line."""
        lines = run("ldd", str(self.program))[1].splitlines()
        return [("library", line.strip()) for line in lines]

    def purge(self):
        """Removes config and state too; None where the kind has no such thing."""
        return None


class Deb(Package):
    """By dpkg."""

    pattern = f"{NAME}_*.deb"
    zsh = "share/zsh/vendor-completions"

    def install(self):
        return run("dpkg", "-i", str(self.file), limit=120)

    def install_older(self):
        """The same package with a smaller version number."""
        tree, made = "/var/tmp/older", "/var/tmp/older.deb"
        steps = f"""set -e
            dpkg-deb -R {self.file} {tree}
            sed -i 's/^Version: .*/Version: 0.0.1/' {tree}/DEBIAN/control
            dpkg-deb -Zgzip -z1 -b {tree} {made}"""
        status, said = run("bash", "-c", steps, limit=120)
        return (status, said) if status else run("dpkg", "-i", made, limit=120)

    def files(self):
        return run("dpkg", "-L", NAME)[1].splitlines()

    def remove(self):
        return run("dpkg", "-r", NAME, limit=120)

    def purge(self):
        return run("dpkg", "-P", NAME, limit=120)

    def facts(self):
        return [("installed size", run("dpkg-query", "-W", "-f=${Installed-Size} KiB", NAME)[1])]


class Rpm(Package):
    """By rpm, on a Debian that has it: what the package requires is Debian's, not rpm's."""

    pattern = f"{NAME}-[1-9]*.rpm"
    kept_config = CONFIG.with_name("config.yaml.rpmsave")

    def prepare(self):
        """The package `filesystem`, which every rpm system has, owns the folder of licenses."""
        pathlib.Path("/usr/share/licenses").mkdir(exist_ok=True)

    @property
    def options(self):
        """Debian's rpm needed to be told, up to Debian 12, that it may install."""
        status, _ = run("rpm", "--force-debian", "--version")
        return ["--nodeps"] if status else ["--nodeps", "--force-debian"]

    def install(self):
        return run("rpm", "-U", "--replacepkgs", *self.options, str(self.file), limit=120)

    def install_older(self):
        older = next(self.work.glob(f"{NAME}-0.*.rpm"))
        return run("rpm", "-U", "--oldpackage", *self.options, str(older), limit=120)

    def files(self):
        return run("rpm", "-ql", NAME)[1].splitlines()

    def remove(self):
        return run("rpm", "-e", *self.options, NAME, limit=120)

    def facts(self):
        differs = run("rpm", "-V", "--nodeps", NAME)[1] or "nothing differs"
        return [("rpm -V", differs), *super().facts()]


class Tarball(Package):
    """By the install script of the tarball."""

    pattern = f"{NAME}-*.tar.gz"
    prefix = "/usr/local"
    manuals = ["man8/pipeline-retryd.8", "man5/pipeline-retryd.yaml.5"]

    def __init__(self, work):
        super().__init__(work)
        # What is linked in is not to be found by chance.
        for library in ("libsqlite3", "libyaml"):
            for path in pathlib.Path("/usr/lib").glob(f"*/{library}*"):
                path.unlink()
        with tarfile.open(self.file) as tar:
            tar.extractall("/var/tmp/unpacked")
        self.folder = next(pathlib.Path("/var/tmp/unpacked").iterdir())

    def install(self):
        return run(str(self.folder / "install"), limit=120)

    def install_older(self):
        """The same tarball with a file more, which the newer one has not."""
        more = self.folder / "share/doc/pipeline-retryd/OLDER.md"
        more.write_text("older\n", encoding="ascii")
        try:
            return self.install()
        finally:
            more.unlink()

    @property
    def uninstall(self):
        return str(pathlib.Path(self.prefix, "lib", NAME, "uninstall"))

    def files(self):
        listed = pathlib.Path(self.prefix, "lib", NAME, "installed").read_text(encoding="utf-8")
        return [line.split(" ", 1)[1] for line in listed.splitlines()]

    def remove(self):
        return run(self.uninstall)

    def purge(self):
        """Of a package that was removed: what a second installation then purges."""
        status, said = self.install()
        return (status, said) if status else run(self.uninstall, "--purge")


def found(work):
    """The package that lies in a folder."""
    return next(kind(work) for kind in (Deb, Rpm, Tarball) if list(work.glob(kind.pattern)))
