"""nuScenes: a finished data set as a `v1.0-synth` tree that the development kit opens.

    v1.0-synth/{13 tables, lidarseg, panoptic, splits}.json
    samples/CHANNEL/LOG__CHANNEL__MICROSECONDS.{png|jpg|pcd.bin|pcd}     key frames, 2 a second
    sweeps/CHANNEL/...                                                   what is between
    lidarseg/v1.0-synth/*.bin  panoptic/v1.0-synth/*.npz  maps/*.png

Source: H. Caesar, V. Bankiti, A. H. Lang et al., "nuScenes: a multimodal dataset for autonomous
driving", CVPR 2020; W. K. Fong et al., "Panoptic nuScenes", RA-L 7, 2022; Motional, nuScenes
development kit 1.2.0, docs/schema_nuscenes.md.
"""

from synthgen.export import Export
from synthgen.exports.nuscenes.tree import join, write_shard

EXPORT = Export(write=write_shard, join=join)
