using Granary.Deployment.Tests.Running;
using Granary.Silo.Options;
using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>bicep/modules/silo.bicep against the code that reads what it sets.</summary>
public class SiloAppTests(BicepFiles bicep)
{
    private static string Modules => Path.Combine(SharedData.RepositoryRoot, "bicep", "modules");

    private Task<BicepFile> FileAsync(string name = "silo") => bicep.ParseAsync(Path.Combine(Modules, name + ".bicep"));

    private static Node At(Node node, params string[] path) =>
        path.Aggregate(node, (n, p) => BicepFile.Find(n, p) ?? throw new InvalidOperationException($"{p} is missing"));

    private static Node App(BicepFile file) => At(file.Resources["silo"].Children[^1], "properties");

    private static Node Container(BicepFile file) => At(App(file), "template", "containers").Children.Single();

    /// <summary>The value that a text will have: variables put in, everything else as a word.</summary>
    private static string Text(BicepFile file, Node node) => node.Kind switch
    {
        "string" => string.Concat(node.Children.Select(c => c.Kind == "interpolation" ? Text(file, c.Children[0])
            : c.Kind == "escape_sequence" ? c.Text[1..] : c.Text)),
        "number" or "boolean" => node.Text,
        "identifier" when file.Variables.TryGetValue(node.Text, out var value) => Text(file, value),
        "identifier" => node.Text,
        "call_expression" when node.Children[0].Text == "string" => Text(file, node.Children[1].Children[0]),
        _ => node.Text,
    };

    private static int Number(BicepFile file, Node node) => int.Parse(Text(file, node));

    private static Dictionary<string, string> Environment(BicepFile file) => At(Container(file), "env").All
        .Where(n => n.Kind == "object" && BicepFile.Find(n, "name") is not null)
        .ToDictionary(n => Text(file, At(n, "name")),
            n => BicepFile.Find(n, "value") is { } value ? Text(file, value) : "secret:" + Text(file, At(n, "secretRef")));

    private static SiloSettings Settings(BicepFile file)
    {
        var environment = Environment(file);
        environment["GRANARY_CONNECTION"].ShouldBe("secret:connection");
        environment["GRANARY_CONNECTION"] = "Host=db";
        environment["GRANARY_KAFKA"] = "namespace:9093"; // an output of the streams' module
        return SiloEnvironment.Read(environment);
    }

    [Fact]
    public async Task Its_environment_is_understood_by_the_silos_own_reader()
    {
        var file = await FileAsync();
        foreach (var variable in Environment(file).Keys)
            SiloOption.All.Select(o => o.Variable).Append("OTEL_EXPORTER_OTLP_ENDPOINT").ShouldContain(variable);
        var settings = Settings(file);
        (settings.Clustering, settings.Streams, settings.Data).ShouldBe((Clustering.Postgres, StreamTransport.Kafka, Path.GetTempPath()));
    }

    [Fact]
    public async Task Its_ports_are_those_that_the_silo_listens_on_and_only_http_leaves_the_environment()
    {
        var file = await FileAsync();
        var settings = Settings(file);
        var ingress = At(App(file), "configuration", "ingress");
        Number(file, At(ingress, "targetPort")).ShouldBe(SiloEnvironment.HttpPort(settings));
        var more = At(ingress, "additionalPortMappings").Children;
        more.Select(m => Number(file, At(m, "targetPort"))).ShouldBe([settings.SiloPort, settings.GatewayPort]);
        more.ShouldAllBe(m => At(m, "external").Text == "false");
    }

    [Fact]
    public async Task Its_probes_ask_paths_that_the_api_serves_on_the_port_that_it_listens_on()
    {
        var file = await FileAsync();
        var probes = At(Container(file), "probes").Children;
        var routes = await ApiRoutes.GetAsync();
        probes.Select(p => Text(file, At(p, "type"))).ShouldBe(["Startup", "Liveness", "Readiness"]);
        foreach (var probe in probes)
        {
            routes.ShouldContain(Text(file, At(probe, "httpGet", "path")));
            Number(file, At(probe, "httpGet", "port")).ShouldBe(SiloEnvironment.HttpPort(Settings(file)));
        }
        // a silo that cannot reach its database must not be killed for it: that would not help
        Text(file, At(probes[1], "httpGet", "path")).ShouldEndWith("/live");
        Text(file, At(probes[2], "httpGet", "path")).ShouldEndWith("/ready");
    }

    [Fact]
    public async Task It_is_given_more_time_to_stop_than_a_silo_takes()
    {
        var file = await FileAsync();
        Number(file, At(App(file), "template", "terminationGracePeriodSeconds"))
            .ShouldBeGreaterThan((int)Settings(file).DrainTimeout.TotalSeconds);
    }

    [Fact]
    public async Task Its_startup_probe_waits_longer_than_a_silo_tries_to_join()
    {
        var file = await FileAsync();
        var startup = At(Container(file), "probes").Children[0];
        (Number(file, At(startup, "periodSeconds")) * Number(file,
            At(startup, "failureThreshold"))).ShouldBeGreaterThan((int)Settings(file).StartTimeout.TotalSeconds);
    }

    [Fact]
    public async Task Secrets_volumes_and_mounts_fit_one_another_and_the_variables()
    {
        var file = await FileAsync();
        var secrets = At(App(file), "configuration", "secrets").Children.Select(s => Text(file, At(s, "name"))).ToList();
        var volumes = At(App(file), "template", "volumes").Children;
        var mounts = At(Container(file), "volumeMounts").Children.ToDictionary(m => Text(file, At(m, "volumeName")),
            m => Text(file, At(m, "mountPath")));
        mounts.Keys.Order(StringComparer.Ordinal).ShouldBe(volumes.Select(v => Text(file, At(v, "name"))).Order(StringComparer.Ordinal));
        var environment = Environment(file);
        foreach (var value in environment.Values.Where(v => v.StartsWith("secret:", StringComparison.Ordinal)))
            secrets.ShouldContain(value["secret:".Length..]);
        var inFiles = At(volumes.Single(v => Text(file, At(v, "storageType")) == "Secret"), "secrets").Children;
        foreach (var secret in inFiles) secrets.ShouldContain(Text(file, At(secret, "secretRef")));
        var files = inFiles.Select(s => $"{mounts["secrets"]}/{Text(file, At(s, "path"))}").ToList();
        files.ShouldContain(environment["GRANARY_KEYS"]);
        files.ShouldContain(environment["GRANARY_KAFKA_CONFIG"]);
        mounts["runs"].ShouldBe(environment["GRANARY_RUNS"]);
        mounts["data"].ShouldBe(environment["GRANARY_DATA"]);
    }

    [Fact]
    public async Task All_replicas_write_runs_into_one_share_and_read_bars_from_another()
    {
        var file = await FileAsync();
        var storages = (await FileAsync("environment")).Resources;
        var volumes = At(App(file), "template", "volumes").Children.ToDictionary(v => Text(file, At(v, "name")));
        foreach (var (name, mode) in new[] { ("runs", "ReadWrite"), ("data", "ReadOnly") })
        {
            // A replica's own folder would go with it, and with it what it had acknowledged.
            Text(file, At(volumes[name], "storageType")).ShouldBe("AzureFile");
            Text(file, At(volumes[name], "storageName")).ShouldBe($"{name}StorageName");
            Text(file, At(storages[name].Children[^1], "properties", "azureFile", "accessMode")).ShouldBe(mode);
        }
        var user = System.Text.RegularExpressions.Regex.Match(await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot,
            "Dockerfile")), @"ARG APP_UID=(\d+)").Groups[1].Value;
        Text(file, At(volumes["runs"], "mountOptions")).ShouldContain($"uid={user},gid={user}");
    }

    [Fact]
    public async Task The_hub_is_the_topic_with_the_partitions_that_the_silos_stream_provider_wants()
    {
        var streams = await FileAsync("streams");
        var hub = streams.Resources["blocks"].Children[^1];
        // the names and the number stand in code that needs Orleans, which this test does not: they are read from its text
        var provider = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "src/Granary.Silo/Streams/StreamProviders.cs"));
        var options =
            await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "src/Granary.Cluster.Kafka/KafkaStreamOptions.cs"));
        var names = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot,
            "src/Granary.Cluster.Contracts/ClusterProviders.cs"));
        provider.ShouldContain("$\"granary-{settings.ClusterId}-{ClusterProviders.Blocks}\"");
        names.ShouldContain("Blocks = \"blocks\"");
        Text(streams, At(hub, "name")).ShouldBe("granary-clusterId-blocks");
        options.ShouldContain($"int Queues {{ get; set; }} = {Text(streams, At(hub, "properties", "partitionCount"))};");
        Text(streams, streams.Outputs["brokers"]).ShouldEndWith(":9093");
    }

    [Fact]
    public async Task The_connection_that_the_database_module_writes_is_one_that_the_silo_takes_whatever_the_password()
    {
        var database = await FileAsync("database");
        var value = At(database.Resources["connection"].Children[^1], "properties", "value");
        const string password = "a\"b;c=d e'f";
        var text = string.Concat(value.Children.Select(c => c.Kind != "interpolation" ? c.Text : c.Text switch
        {
            "${replace(password, '\"', '\"\"')}" => password.Replace("\"", "\"\"", StringComparison.Ordinal),
            "${server.properties.fullyQualifiedDomainName}" => "db.postgres.database.azure.com",
            "${database.name}" => "granary",
            "${owner}" => "granary",
            var other => throw new InvalidOperationException(other),
        }));
        var settings = SiloSettingsReader.Read([],
            n => n switch { "GRANARY_CLUSTERING" => "postgres", "GRANARY_CONNECTION" => text, _ => null });
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(settings.Connection!);
        (connection.Host, connection.Username, connection.Password, connection.SslMode).ShouldBe(("db.postgres.database.azure.com",
            "granary", password, Npgsql.SslMode.VerifyFull));
    }
}
