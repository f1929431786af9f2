#!/usr/bin/env bash
#SBATCH --job-name=synthgen
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
# Make a data set with a Slurm array, or without --array, what is missing of it, and merge.
#
#   array=$(sbatch --parsable --array=0-99%20 scripts/slurm_array.sh scene=storm_night n=100000)
#   sbatch --dependency=afterok:"${array%%;*}" scripts/slurm_array.sh scene=storm_night n=100000
#
# Task i of k makes the shards s with s mod k = i: the fewer the tasks, the longer each. k is
# TASKS, or where that is not set the size of the array, which then starts at 0 without gaps.
# OFFSET is added to the indices of an array that would exceed MaxArraySize. As many workers as
# Slurm gave CPUs, one thread each. Two minutes before its time is up, or at USR1, a task drops
# the shard that it is at and is put back into the queue. PYTHON names another interpreter.
set -uo pipefail

say() { printf 'slurm_array: %s\n' "$*" >&2; }
refuse() {
  say "$*"
  exit 2
}

# The part of the shards that is this task's, `shard=i/k`; nothing outside of an array.
own_part() {
  local index=${SLURM_ARRAY_TASK_ID:-} offset=${OFFSET:-0} tasks=${TASKS:-}
  [ -n "$index" ] || return 0
  [[ $offset =~ ^[0-9]+$ ]] || refuse "OFFSET=$offset: expected a whole number"
  if [ -z "$tasks" ]; then
    tasks=${SLURM_ARRAY_TASK_COUNT:-0}
    [ "${SLURM_ARRAY_TASK_MIN:-}/$((${SLURM_ARRAY_TASK_MAX:-0} + 1))/$offset" = "0/$tasks/0" ] ||
      refuse "TASKS: missing; only an array 0-N without gaps and OFFSET tells how many tasks there are in all (task=status prints the line)"
  fi
  [[ $tasks =~ ^[1-9][0-9]*$ ]] || refuse "TASKS=$tasks: expected a whole number of at least 1"
  [ $((index + offset)) -lt "$tasks" ] ||
    refuse "task $((index + offset)): expected one below TASKS=$tasks"
  printf 'shard=%d/%d\n' $((index + offset)) "$tasks"
}

# CPUs that Slurm gave and that this process may run on.
own_cpus() {
  local given mask
  mask=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
  given=${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-$mask}}
  echo $((given < mask ? given : mask))
}

# Where the program is: beside this script, or below the folder that the job was sent from, as
# Slurm runs a copy of the script.
interpreter() {
  local here
  [ -z "${PYTHON:-}" ] || { echo "$PYTHON" && return; }
  for here in "$(dirname "${BASH_SOURCE[0]}")/.." "${SLURM_SUBMIT_DIR:-.}"; do
    [ ! -x "$here/.venv/bin/python" ] || { echo "$here/.venv/bin/python" && return; }
  done
  refuse "no .venv/bin/python in ${SLURM_SUBMIT_DIR:-.}; submit from the folder where scripts/setup ran, or set PYTHON"
}

put_back() {
  local job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID:-}}
  job=${job:-${SLURM_JOB_ID:-}}
  if [ -n "$job" ] && scontrol requeue "$job"; then
    say "job $job is in the queue again and will go on where it stopped"
    exit 0
  fi
  say "job ${job:-?} cannot be put back (scontrol cannot be reached): task=status prints what completes the run"
  exit 75
}

for word; do
  case $word in
    shard=*) refuse "$word: not used here, the index of the array decides" ;;
    task=*) refuse "$word: not used here, this makes data" ;;
  esac
done
part=$(own_part) || exit
python=$(interpreter) || exit
words=("$@" ${part:+"$part"})
case " $* " in *" workers="*) ;; *) words+=("workers=$(own_cpus)") ;; esac

asked='' heard='' child='' code=127
# shellcheck disable=SC2317 # called by the traps
hear() {
  asked=${asked:-$1} heard=1
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}
trap 'hear USR1' USR1
trap 'hear TERM' TERM
say "$(hostname -s): ${words[*]}${SLURM_RESTART_COUNT:+, restart $SLURM_RESTART_COUNT}"
[ -z "$asked" ] || put_back
"$python" -m synthgen "${words[@]}" &
child=$!
[ -z "$asked" ] || kill -TERM "$child"
while :; do
  heard=''
  wait "$child"
  now=$?
  [ "$now" -eq 127 ] || code=$now
  [ -n "$heard" ] || break # a signal to us ends `wait` before its time
done
[ "$asked" != USR1 ] || [ "$code" -eq 0 ] || put_back
exit "$code"
