"""nuScenes: a finished data set as a `v1.0-synth` tree that the development kit opens.

Source: H. Caesar, V. Bankiti, A. H. Lang et al., "nuScenes: a multimodal dataset for autonomous
driving", CVPR 2020; W. K. Fong et al., "Panoptic nuScenes", RA-L 7, 2022; Motional, nuScenes
development kit 1.2.0, docs/schema_nuscenes.md.
"""
