// Keeps what must not stand in a template or an environment: the modules write it here, the silos read it.
param name string
param location string
param readerName string
param readerPrincipalId string

@secure()
param apiKeys string

// Key Vault Secrets User, a role that Azure defines
var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-875b-0445a86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerName, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: secretsUser
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource keys 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'granary-keys'
  properties: {
    value: apiKeys
    contentType: 'application/json'
  }
}

output keysSecretUri string = keys.properties.secretUri
