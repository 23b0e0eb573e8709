import requests

BASE_URL = "https://your-domain.com/api"
token = "your-token-here"
headers = {"Authorization": f"Bearer {token}"}

# What each organization has.
orgs = requests.get(f"{BASE_URL}/organizations", headers=headers).json()

for org in orgs:
    print(f"\n{org['name']}")
    print(f"  Domain: {org['domain']}")
    print(f"  Users: {org['users_count']}")
    print(f"  Workspaces: {org['workspaces_count']}")
    print(f"  Created: {org['created_at']}")

import requests
from datetime import datetime


def get_organization_dashboard(token):
    """What all organizations have together."""
    headers = {"Authorization": f"Bearer {token}"}
    base = "https://your-domain.com/api"

    # Organizations.
    orgs = requests.get(f"{base}/organizations", headers=headers).json()

    # Statistics.
    stats = requests.get(f"{base}/stats", headers=headers).json()

    dashboard = {
        "organizations": orgs,
        "total_organizations": len(orgs),
        "total_users": sum(org['users_count'] for org in orgs),
        "total_workspaces": sum(org['workspaces_count'] for org in orgs),
        "active_sessions": stats['active_sessions'],
        "security_score": stats['security_score'],
        "uptime": stats['uptime']
    }

    return dashboard


dashboard = get_organization_dashboard(token)
print(f"Total Organizations: {dashboard['total_organizations']}")
print(f"Total Users: {dashboard['total_users']}")
print(f"Total Workspaces: {dashboard['total_workspaces']}")
print(f"Active Sessions: {dashboard['active_sessions']}")
