-- Lmod: save as <modulefiles>/settle/<version>.lua, and name the folder that the artifact was unpacked to.
help([[Runs and watches jobs on Slurm and on this machine, and says how they ended only when that is settled.
See: settle help, man settle]])
whatis("Name: settle")
whatis("Description: runs and watches jobs on Slurm and on this machine")
whatis("URL: https://github.com/settle/settle")

local root = "/opt/settle/" .. myModuleVersion()
prepend_path("PATH", pathJoin(root, "bin"))
prepend_path("MANPATH", pathJoin(root, "share/man"))
prepend_path("XDG_DATA_DIRS", pathJoin(root, "share"), ":")
prepend_path("FPATH", pathJoin(root, "share/zsh/site-functions"))
-- The artifact without a runtime needs Java 17 or later:
-- depends_on("java/17")
