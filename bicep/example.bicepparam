// An example of the parameters of main.bicep. Copy it, and replace the names in angle brackets. Secrets come from the environment:
//   export GRANARY_DATABASE_PASSWORD=… GRANARY_DATA_ACCOUNT_KEY=… GRANARY_API_KEYS="$(cat secrets/keys.json)"
//   az deployment group create --resource-group GROUP --parameters my.bicepparam
using 'main.bicep'

param name = 'granary'
param registryName = '<registry>'
param image = 'granary-silo:0.1.0'
param appsSubnetId = '/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Network/virtualNetworks/<network>/subnets/apps'
param databaseSubnetId = '/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Network/virtualNetworks/<network>/subnets/database'
param databaseDnsZoneId = '/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Network/privateDnsZones/granary.private.postgres.database.azure.com'
param dataAccountName = '<account>'
param dataShareName = 'bars'
param runsShareName = 'runs'
param dataAccountKey = readEnvironmentVariable('GRANARY_DATA_ACCOUNT_KEY')
param databasePassword = readEnvironmentVariable('GRANARY_DATABASE_PASSWORD')
param apiKeys = readEnvironmentVariable('GRANARY_API_KEYS')
param minSilos = 2
param maxSilos = 4
param external = false
