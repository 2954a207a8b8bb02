#!/bin/bash
#SBATCH --array=0-x
#SBATCH nodes=2
#SBATCH --wrap=hostname
#SBATCH -M other
#SBATCH --partition
#SBATCH hetjob
hostname
