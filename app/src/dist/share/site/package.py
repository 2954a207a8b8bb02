# Spack: save as packages/settle/package.py in a repository of your own.
from spack.package import *


class Settle(Package):
    """Runs and watches jobs on Slurm and on this machine, and says how they ended only when that is settled."""

    homepage = "https://github.com/settle/settle"
    url = "https://github.com/settle/settle/releases/download/v0.1.0/settle-0.1.0.tar.gz"

    license("Apache-2.0")

    # Add sha256="...", which is in SHA256SUMS of the release; without it: spack install --no-checksum settle
    version("0.1.0")

    depends_on("java@17:", type="run")

    def install(self, spec, prefix):
        install_tree(".", prefix)
        # Starts are faster with the class-data archive of this Java at this place.
        archive = Executable(prefix.lib.join("install-archive"))
        archive(spec["java"].prefix, fail_on_error=False)
