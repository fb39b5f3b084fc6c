// Event Hubs, which speaks Kafka's protocol: one hub as the topic of the silos' streams.
param name string
param location string
param clusterId string
param vaultName string

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: 1
  }
  properties: {
    kafkaEnabled: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: 10
  }
}

resource blocks 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: namespace
  name: 'granary-${clusterId}-blocks'
  properties: {
    // a partition for each queue of the silos' stream provider
    partitionCount: 8
    retentionDescription: {
      cleanupPolicy: 'Delete'
      retentionTimeInHours: 1
    }
  }
}

resource silos 'Microsoft.EventHub/namespaces/eventhubs/authorizationRules@2024-01-01' = {
  parent: blocks
  name: 'silos'
  properties: {
    rights: [
      'Send'
      'Listen'
    ]
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource config 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'granary-kafka-config'
  properties: {
    value: 'security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username=$ConnectionString\nsasl.password=${silos.listKeys().primaryConnectionString}\n'
  }
}

output brokers string = '${namespace.name}.servicebus.windows.net:9093'
output configSecretUri string = config.properties.secretUri
