"""Rules about networks: security groups, subnets, flow logs."""
