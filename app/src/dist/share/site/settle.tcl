#%Module1.0
# Environment Modules, and Lmod: save as <modulefiles>/settle/<version>, and name the folder that the artifact was unpacked to.
proc ModulesHelp { } {
    puts stderr "Runs and watches jobs on Slurm and on this machine, and says how they ended only when that is settled."
    puts stderr "See: settle help, man settle"
}
module-whatis "settle: runs and watches jobs on Slurm and on this machine"

set root /opt/settle/[file tail [module-info name]]
prepend-path PATH $root/bin
prepend-path MANPATH $root/share/man
prepend-path XDG_DATA_DIRS $root/share
prepend-path FPATH $root/share/zsh/site-functions
# The artifact without a runtime needs Java 17 or later:
# module load java/17
