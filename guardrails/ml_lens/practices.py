"""The best practices of the Well-Architected Machine Learning Lens that rules stand on."""

from collections.abc import Mapping

PRACTICES: Mapping[str, str] = {
    "MLOPS03-BP01": "Profile data to improve quality",
    "MLOPS04-BP02": "Establish reliable packaging patterns to access approved public libraries",
    "MLOPS06-BP01": "Synchronize architecture and configuration, and check for skew across"
    " environments",
    "MLOPS06-BP02": "Enable model observability and tracking",
    "MLREL02-BP02": "Use a data pipeline",
    "MLREL05-BP02": "Create a recoverable endpoint with a managed version control strategy",
    "MLSEC02-BP01": "Design data encryption and obfuscation",
    "MLSEC03-BP01": "Provide least privilege access",
    "MLSEC03-BP02": "Secure data and modeling environment",
    "MLSEC03-BP05": "Keep only relevant data",
    "MLSEC04-BP01": "Secure governed ML environment",
    "MLSEC04-BP02": "Secure inter-node cluster communications",
    "MLSEC05-BP01": "Protect against adversarial and malicious activities",
    "MLSEC06-BP01": "Restrict access to intended legitimate consumers",
    "MLSEC06-BP02": "Monitor human interactions with data for anomalous activity",
}
