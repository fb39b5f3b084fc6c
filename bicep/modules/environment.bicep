// Where the container apps live: their network, their logs, the share of bars that they read, and the share of runs that they write.
param name string
param location string
param subnetId string
param external bool
param dataAccountName string
param dataShareName string
param runsShareName string

@secure()
param dataAccountKey string

resource logs 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: name
  location: location
  properties: {
    vnetConfiguration: {
      infrastructureSubnetId: subnetId
      internal: !external
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
    zoneRedundant: true
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource data 'Microsoft.App/managedEnvironments/storages@2025-07-01' = {
  parent: environment
  name: 'data'
  properties: {
    azureFile: {
      accountName: dataAccountName
      accountKey: dataAccountKey
      shareName: dataShareName
      accessMode: 'ReadOnly'
    }
  }
}

// one for all replicas: what one of them has acknowledged another one must find
resource runs 'Microsoft.App/managedEnvironments/storages@2025-07-01' = {
  parent: environment
  name: 'runs'
  properties: {
    azureFile: {
      accountName: dataAccountName
      accountKey: dataAccountKey
      shareName: runsShareName
      accessMode: 'ReadWrite'
    }
  }
}

output id string = environment.id
output dataStorageName string = data.name
output runsStorageName string = runs.name
