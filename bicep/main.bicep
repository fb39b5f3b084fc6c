// A cluster of silos in Azure Container Apps: PostgreSQL for membership and state, Event Hubs for streams, Key Vault for secrets.
// Never deployed by its authors; see docs/cluster.md for what was checked and how.
targetScope = 'resourceGroup'

@description('Begins the names of all that is made.')
@minLength(3)
@maxLength(12)
param name string = 'granary'

param location string = resourceGroup().location

@description('Name of the registry in this resource group that registry.bicep made.')
param registryName string

@description('The silo\'s image in that registry, with its tag, as granary-silo:0.1.0.')
param image string

@description('Subnet for the container apps, delegated to Microsoft.App/environments, /27 or larger. Its network must reach the database\'s subnet.')
param appsSubnetId string

@description('Subnet for the database, delegated to Microsoft.DBforPostgreSQL/flexibleServers.')
param databaseSubnetId string

@description('Private DNS zone of the database, linked to the network.')
param databaseDnsZoneId string

@description('Storage account with two file shares, one of bars and one that the runs are written into, and the names of the shares.')
param dataAccountName string
param dataShareName string
param runsShareName string

@secure()
param dataAccountKey string

@description('Password of the database\'s owner.')
@secure()
@minLength(16)
param databasePassword string

@description('Content of the file of API keys: granary keys add NAME --role admin --file keys.json')
@secure()
param apiKeys string

@description('Silos at least and at most. With one, a restart interrupts the batches.')
@minValue(1)
@maxValue(30)
param minSilos int = 2
@minValue(1)
@maxValue(30)
param maxSilos int = 4

@description('Whether the API can be reached from the internet; from the network only if not.')
param external bool = false

@description('Where OTLP goes, as http://collector:4317; empty = nowhere.')
param otlpEndpoint string = ''

var suffix = uniqueString(resourceGroup().id)
var clusterId = name
var vaultName = take('${name}-${suffix}', 24)

module identity 'modules/identity.bicep' = {
  name: '${name}-identity'
  params: {
    name: '${name}-silo'
    location: location
    registryName: registryName
  }
}

module vault 'modules/vault.bicep' = {
  name: '${name}-vault'
  params: {
    name: vaultName
    location: location
    readerName: '${name}-silo'
    readerPrincipalId: identity.outputs.principalId
    apiKeys: apiKeys
  }
}

module database 'modules/database.bicep' = {
  name: '${name}-database'
  params: {
    name: '${name}-${suffix}'
    location: location
    subnetId: databaseSubnetId
    dnsZoneId: databaseDnsZoneId
    password: databasePassword
    vaultName: vaultName
  }
  // whose secrets it writes
  dependsOn: [vault]
}

module streams 'modules/streams.bicep' = {
  name: '${name}-streams'
  params: {
    name: '${name}-${suffix}'
    location: location
    clusterId: clusterId
    vaultName: vaultName
  }
  // whose secrets it writes
  dependsOn: [vault]
}

module environment 'modules/environment.bicep' = {
  name: '${name}-environment'
  params: {
    name: name
    location: location
    subnetId: appsSubnetId
    external: external
    dataAccountName: dataAccountName
    dataAccountKey: dataAccountKey
    dataShareName: dataShareName
    runsShareName: runsShareName
  }
}

module silo 'modules/silo.bicep' = {
  name: '${name}-silo'
  params: {
    name: '${name}-silo'
    location: location
    environmentId: environment.outputs.id
    dataStorageName: environment.outputs.dataStorageName
    runsStorageName: environment.outputs.runsStorageName
    identityId: identity.outputs.id
    registryServer: identity.outputs.registryServer
    image: image
    clusterId: clusterId
    connectionSecretUri: database.outputs.connectionSecretUri
    keysSecretUri: vault.outputs.keysSecretUri
    kafka: streams.outputs.brokers
    kafkaConfigSecretUri: streams.outputs.configSecretUri
    external: external
    minSilos: minSilos
    maxSilos: maxSilos
    otlpEndpoint: otlpEndpoint
  }
}

output url string = silo.outputs.url
