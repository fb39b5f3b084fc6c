// The silos: replicas of one container app that find one another through the database and talk by TCP.
param name string
param location string
param environmentId string
param dataStorageName string
param runsStorageName string
param identityId string
param registryServer string
param image string
param clusterId string
param connectionSecretUri string
param keysSecretUri string
param kafka string
param kafkaConfigSecretUri string
param external bool
param minSilos int
param maxSilos int
param otlpEndpoint string

var httpPort = 8080
var siloPort = 11111
var gatewayPort = 30000

resource silo 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 5
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [
        {
          name: 'connection'
          keyVaultUrl: connectionSecretUri
          identity: identityId
        }
        {
          name: 'keys'
          keyVaultUrl: keysSecretUri
          identity: identityId
        }
        {
          name: 'kafka-config'
          keyVaultUrl: kafkaConfigSecretUri
          identity: identityId
        }
      ]
      ingress: {
        external: external
        targetPort: httpPort
        transport: 'http'
        allowInsecure: false
        // silos talk to one another within the environment only
        additionalPortMappings: [
          {
            external: false
            targetPort: siloPort
            exposedPort: siloPort
          }
          {
            external: false
            targetPort: gatewayPort
            exposedPort: gatewayPort
          }
        ]
      }
    }
    template: {
      // longer than GRANARY_DRAIN_TIMEOUT, so that a silo leaves by itself
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'silo'
          image: '${registryServer}/${image}'
          resources: {
            cpu: json('2.0')
            memory: '4Gi'
          }
          env: concat([
            { name: 'GRANARY_URLS', value: 'http://0.0.0.0:${httpPort}' }
            { name: 'GRANARY_CLUSTERING', value: 'postgres' }
            { name: 'GRANARY_CONNECTION', secretRef: 'connection' }
            { name: 'GRANARY_CLUSTER_ID', value: clusterId }
            { name: 'GRANARY_SILO_PORT', value: string(siloPort) }
            { name: 'GRANARY_GATEWAY_PORT', value: string(gatewayPort) }
            { name: 'GRANARY_STREAMS', value: 'kafka' }
            { name: 'GRANARY_KAFKA', value: kafka }
            { name: 'GRANARY_KAFKA_CONFIG', value: '/secrets/kafka.properties' }
            { name: 'GRANARY_KEYS', value: '/secrets/keys.json' }
            { name: 'GRANARY_RUNS', value: '/runs' }
            { name: 'GRANARY_DATA', value: '/data' }
            { name: 'GRANARY_DRAIN_TIMEOUT', value: '45' }
          ], empty(otlpEndpoint) ? [] : [
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }
          ])
          volumeMounts: [
            { volumeName: 'secrets', mountPath: '/secrets' }
            { volumeName: 'runs', mountPath: '/runs' }
            { volumeName: 'data', mountPath: '/data' }
          ]
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/api/v1/health/live', port: httpPort }
              periodSeconds: 2
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: { path: '/api/v1/health/live', port: httpPort }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/api/v1/health/ready', port: httpPort }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        minReplicas: minSilos
        maxReplicas: maxSilos
      }
      volumes: [
        {
          name: 'secrets'
          storageType: 'Secret'
          secrets: [
            { secretRef: 'keys', path: 'keys.json' }
            { secretRef: 'kafka-config', path: 'kafka.properties' }
          ]
        }
        // owned by the image's user; locks go to the server, since a run's folder is kept to one replica at a time by one
        { name: 'runs', storageType: 'AzureFile', storageName: runsStorageName, mountOptions: 'uid=1654,gid=1654,dir_mode=0770,file_mode=0660' }
        { name: 'data', storageType: 'AzureFile', storageName: dataStorageName }
      ]
    }
  }
}

output url string = 'https://${silo.properties.configuration.ingress.fqdn}'
