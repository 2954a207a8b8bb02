#!/bin/sh
#SBATCH --job-name=array
#SBATCH --array=1-5:2%2
#SBATCH --time=5
#SBATCH --mem=100M
echo "task $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT"
