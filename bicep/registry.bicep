// First step: the registry that the silo's image is pushed to. Then: az acr build -r NAME -t granary-silo:VERSION .
targetScope = 'resourceGroup'

@description('Name of the registry, unique in Azure: letters and digits.')
@minLength(5)
@maxLength(50)
param registryName string

param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: registryName
  location: location
  sku: { name: 'Standard' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

output loginServer string = registry.properties.loginServer
