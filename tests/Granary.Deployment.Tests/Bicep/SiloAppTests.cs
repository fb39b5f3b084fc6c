using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Running;
using Granary.Silo.Options;
using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>The container app that bicep/main.bicep makes against the code that reads what it sets.</summary>
public class SiloAppTests(DeployedResources deployed) : IClassFixture<DeployedResources>
{
    [BicepFact]
    public async Task Its_environment_is_understood_by_the_silos_own_reader()
    {
        foreach (var variable in (await deployed.EnvironmentAsync()).Keys)
            SiloOption.All.Select(o => o.Variable).Append("OTEL_EXPORTER_OTLP_ENDPOINT").ShouldContain(variable);
        var settings = await deployed.SettingsAsync();
        (settings.Clustering, settings.Streams, settings.Data).ShouldBe((Clustering.Postgres, StreamTransport.Kafka, Path.GetTempPath()));
        (await deployed.EnvironmentAsync())["OTEL_EXPORTER_OTLP_ENDPOINT"].ShouldBe("http://collector:4317");
    }

    [BicepFact]
    public async Task Its_ports_are_those_that_the_silo_listens_on_and_only_http_leaves_the_environment()
    {
        var settings = await deployed.SettingsAsync();
        var ingress = (await deployed.AppAsync())["configuration"]!["ingress"]!;
        ((int)ingress["targetPort"]!).ShouldBe(SiloEnvironment.HttpPort(settings));
        ((bool)ingress["external"]!).ShouldBeTrue();
        var more = ingress["additionalPortMappings"]!.AsArray();
        more.Select(m => (int)m!["targetPort"]!).ShouldBe([settings.SiloPort, settings.GatewayPort]);
        more.ShouldAllBe(m => !(bool)m!["external"]!);
    }

    [BicepFact]
    public async Task Its_probes_ask_paths_that_the_api_serves_on_the_port_that_it_listens_on()
    {
        var settings = await deployed.SettingsAsync();
        var probes = (await deployed.ContainerAsync())["probes"]!.AsArray();
        var routes = await ApiRoutes.GetAsync();
        probes.Select(p => p!["type"]!.ToString()).ShouldBe(["Startup", "Liveness", "Readiness"]);
        foreach (var probe in probes)
        {
            routes.ShouldContain(probe!["httpGet"]!["path"]!.ToString());
            ((int)probe["httpGet"]!["port"]!).ShouldBe(SiloEnvironment.HttpPort(settings));
        }
        // a silo that cannot reach its database must not be killed for it: that would not help
        probes[1]!["httpGet"]!["path"]!.ToString().ShouldEndWith("/live");
        probes[2]!["httpGet"]!["path"]!.ToString().ShouldEndWith("/ready");
    }

    [BicepFact]
    public async Task It_is_given_more_time_to_stop_than_a_silo_takes() =>
        ((int)(await deployed.AppAsync())["template"]!["terminationGracePeriodSeconds"]!)
            .ShouldBeGreaterThan((int)(await deployed.SettingsAsync()).DrainTimeout.TotalSeconds);

    [BicepFact]
    public async Task Its_startup_probe_waits_longer_than_a_silo_tries_to_join()
    {
        var startup = (await deployed.ContainerAsync())["probes"]![0]!;
        ((int)startup["periodSeconds"]! * (int)startup["failureThreshold"]!)
            .ShouldBeGreaterThan((int)(await deployed.SettingsAsync()).StartTimeout.TotalSeconds);
    }

    [BicepFact]
    public async Task Secrets_volumes_and_mounts_fit_one_another_and_the_variables()
    {
        var app = await deployed.AppAsync();
        var secrets = app["configuration"]!["secrets"]!.AsArray().ToDictionary(s => s!["name"]!.ToString(),
            s => s!["keyVaultUrl"]!.ToString());
        var kept = (await deployed.AllAsync()).Where(r => r["type"]!.ToString() == "Microsoft.KeyVault/vaults/secrets")
            .Select(r => r["id"]!.ToString()).ToList();
        secrets.Values.Select(url => kept.Single(id => url.Contains($"reference('{id}',", StringComparison.Ordinal))).ShouldBeUnique();

        var volumes = app["template"]!["volumes"]!.AsArray();
        var mounts = (await deployed.ContainerAsync())["volumeMounts"]!.AsArray().ToDictionary(m => m!["volumeName"]!.ToString(),
            m => m!["mountPath"]!.ToString());
        mounts.Keys.ShouldBe(volumes.Select(v => v!["name"]!.ToString()), ignoreOrder: true);
        var environment = await deployed.EnvironmentAsync();
        foreach (var value in environment.Values.Where(v => v.StartsWith("secret:", StringComparison.Ordinal)))
            secrets.Keys.ShouldContain(value["secret:".Length..]);
        var inFiles = volumes.Single(v => v!["storageType"]!.ToString() == "Secret")!["secrets"]!.AsArray();
        foreach (var secret in inFiles) secrets.Keys.ShouldContain(secret!["secretRef"]!.ToString());
        var files = inFiles.Select(s => $"{mounts["secrets"]}/{s!["path"]}").ToList();
        files.ShouldContain(environment["GRANARY_KEYS"]);
        files.ShouldContain(environment["GRANARY_KAFKA_CONFIG"]);
        mounts["runs"].ShouldBe(environment["GRANARY_RUNS"]);
        mounts["data"].ShouldBe(environment["GRANARY_DATA"]);
    }

    [BicepFact]
    public async Task All_replicas_write_runs_into_one_share_and_read_bars_from_another()
    {
        var shares = (await deployed.AllAsync()).Where(r => r["type"]!.ToString() == "Microsoft.App/managedEnvironments/storages")
            .ToDictionary(r => r["name"]!.ToString().Split('/')[^1], r => r["properties"]!["azureFile"]!);
        var volumes = (await deployed.AppAsync())["template"]!["volumes"]!.AsArray().ToDictionary(v => v!["name"]!.ToString());
        foreach (var (name, share, mode) in new[] { ("runs", "results", "ReadWrite"), ("data", "bars", "ReadOnly") })
        {
            // A replica's own folder would go with it, and with it what it had acknowledged.
            volumes[name]!["storageType"]!.ToString().ShouldBe("AzureFile");
            var storage = shares[volumes[name]!["storageName"]!.ToString()];
            (storage["shareName"]!.ToString(), storage["accessMode"]!.ToString()).ShouldBe((share, mode));
        }
        var user = Regex.Match(await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "Dockerfile")), @"ARG APP_UID=(\d+)")
            .Groups[1].Value;
        volumes["runs"]!["mountOptions"]!.ToString().ShouldContain($"uid={user},gid={user}");
    }

    [BicepFact]
    public async Task The_hub_is_the_topic_with_the_partitions_that_the_silos_stream_provider_wants()
    {
        var settings = await deployed.SettingsAsync();
        var hub = await deployed.SingleAsync("Microsoft.EventHub/namespaces/eventhubs");
        // the names and the number stand in code that needs Orleans, which this test does not: they are read from its text
        var provider = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "src/Granary.Silo/Streams/StreamProviders.cs"));
        var options =
            await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "src/Granary.Cluster.Kafka/KafkaStreamOptions.cs"));
        var names = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot,
            "src/Granary.Cluster.Contracts/ClusterProviders.cs"));
        provider.ShouldContain("$\"granary-{settings.ClusterId}-{ClusterProviders.Blocks}\"");
        names.ShouldContain("Blocks = \"blocks\"");
        options.ShouldContain($"int Queues {{ get; set; }} = {hub["properties"]!["partitionCount"]};");
        var space = (await deployed.SingleAsync("Microsoft.EventHub/namespaces"))["name"];
        hub["name"]!.ToString().ShouldBe($"{space}/granary-{settings.ClusterId}-blocks");
        settings.Kafka.ShouldBe($"{space}.servicebus.windows.net:9093");
    }

    [BicepFact]
    public async Task The_connection_that_the_database_module_writes_is_one_that_the_silo_takes_whatever_the_password()
    {
        const string password = "a\"b;c=d e'f";
        // A forecast does not have the values of secrets, nor those that Azure gives.
        using var copy = new BicepCopy().Add().Change("modules/database.bicep", "@secure()\n", "")
            .Change("modules/database.bicep", "server.properties.fullyQualifiedDomainName", "'db.postgres.database.azure.com'");
        var forecast = await copy.ForecastAsync("modules/database.bicep", $"""
            param name = 'db'
            param location = 'westeurope'
            param subnetId = 'database'
            param dnsZoneId = 'zone'
            param vaultName = 'vault'
            param password = '{password.Replace("'", "\\'", StringComparison.Ordinal)}'
            """);
        var text = forecast["predictedResources"]!.AsArray().Single(r => r!["name"]!.ToString() == "vault/granary-connection")!
            ["properties"]!["value"]!.ToString();
        var settings = SiloSettingsReader.Read([],
            n => n switch { "GRANARY_CLUSTERING" => "postgres", "GRANARY_CONNECTION" => text, _ => null });
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(settings.Connection!);
        (connection.Host, connection.Database, connection.Username, connection.Password, connection.SslMode).ShouldBe((
            "db.postgres.database.azure.com", "granary", "granary", password, Npgsql.SslMode.VerifyFull));
    }
}
