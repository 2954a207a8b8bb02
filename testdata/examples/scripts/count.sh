#!/bin/sh
i=0
while [ "$i" -lt "${UP_TO:-1}" ]; do
  i=$((i + 1))
  echo "$i"
done
