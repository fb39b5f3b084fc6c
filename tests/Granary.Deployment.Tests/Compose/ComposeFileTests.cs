using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Deployment.Tests.Running;
using Granary.Server.Access;
using Granary.Silo.Options;
using Granary.Testing;
using Json.Schema;

namespace Granary.Deployment.Tests.Compose;

/// <summary>docker-compose.yml against the Compose specification, and against the code and files that it speaks of.</summary>
public class ComposeFileTests
{
    private static readonly FrozenDictionary<string, string> Given = new Dictionary<string,
        string>
    {
        ["POSTGRES_PASSWORD"] = "p1",
        ["QUESTDB_PASSWORD"] = "p2",
        ["GRAFANA_PASSWORD"] = "p3",
        ["PROMETHEUS_KEY"] = "p4",
    }.ToFrozenDictionary();

    private static JsonObject File => ComposeFile.Read("docker-compose.yml");

    private static JsonObject Services => File["services"]!.AsObject();

    private static JsonObject Collector => ComposeFile.Read("deploy/otel/collector.yaml");

    private static IEnumerable<(string Name, JsonObject Service)> Silos =>
        Services.Where(s => s.Key.StartsWith("silo", StringComparison.Ordinal)).Select(s => (s.Key, s.Value!.AsObject()));

    private static string[] Profiles(JsonNode? service) =>
        service!["profiles"]?.AsArray().Select(p => p!.ToString()).ToArray() ?? [.. ComposeSetup.Profiles];

    private static string[] Started(string profile) => [.. Services.Where(s => Profiles(s.Value).Contains(profile)).Select(s => s.Key)];

    private static Dictionary<string, string> Environment(JsonObject service) =>
        service["environment"]!.AsObject().ToDictionary(e => e.Key, e => ComposeFile.Interpolate(e.Value!.ToString(), Given));

    private static string[] FaultsOf(JsonObject document)
    {
        var text = System.IO.File.ReadAllText(SharedData.Require("schemas/compose-spec.json"));
        // The library knows the dialect by its official address only.
        var schema = JsonSchema.FromText(text.Replace("https://json-schema.org/draft-07/schema", $"{MetaSchemas.Draft7Id}"),
            new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        var results = schema.Evaluate(JsonSerializer.SerializeToElement(document),
            new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? []
            : [.. (results.Details ?? []).SelectMany(d => (d.Errors ?? []).Select(e => $"{d.InstanceLocation} {e.Value}"))];
    }

    [SharedFact]
    public void It_fits_the_compose_specification() => FaultsOf(File).ShouldBeEmpty();

    [SharedFact]
    public void The_specification_sees_slips()
    {
        var slip = File;
        slip["services"]!["silo-1"]!["healthchek"] = new JsonObject();
        slip["services"]!["postgres"]!["restart"] = 1;
        var faults = FaultsOf(slip);
        foreach (var place in new[] { "/services/silo-1/healthchek ", "/services/postgres/restart " })
            faults.ShouldContain(f => f.StartsWith(place, StringComparison.Ordinal), place);
    }

    [Fact]
    public void The_small_profile_has_one_silo_and_the_full_one_two_with_all_that_surrounds_them()
    {
        Started("small").ShouldBe(["silo", "keys", "postgres"]);
        Started("full").ShouldBe(["silo-1", "silo-2", "keys", "postgres", "redpanda", "questdb", "otel-collector", "prometheus",
            "alertmanager", "grafana"]);
        Services.SelectMany(s => Profiles(s.Value)).Distinct().ShouldBe(ComposeSetup.Profiles, ignoreOrder: true);
    }

    [Fact]
    public void A_service_depends_only_on_services_that_each_of_its_profiles_starts()
    {
        foreach (var (name, service) in Services)
            foreach (var profile in Profiles(service))
                (service!["depends_on"]?.AsObject().Select(d => d.Key) ?? []).Except(Started(profile)).ShouldBeEmpty($"{name}, {profile}");
    }

    /// <summary>Without one, 'docker compose up --wait' takes its end for a failure (docker/compose 10596).</summary>
    [Fact]
    public void A_service_that_ends_is_awaited_by_one_that_goes_on_in_each_profile()
    {
        foreach (var profile in ComposeSetup.Profiles)
            foreach (var name in Started(profile).Where(n => Services[n]!["restart"] is null))
                Started(profile).ShouldContain(other => Services[other]!["depends_on"]![name]!["condition"]!.ToString()
                    == "service_completed_successfully", name);
    }

    [Fact]
    public void Each_silos_environment_is_understood_by_the_silos_own_reader()
    {
        foreach (var (name, service) in Silos)
        {
            var settings = SiloEnvironment.Read(Environment(service));
            (settings.Clustering, settings.Streams).ShouldBe((Clustering.Postgres,
                Profiles(service).Contains("full") ? StreamTransport.Kafka : StreamTransport.Memory), name);
            settings.Connection!.ShouldContain("Password=p1");
            foreach (var variable in Environment(service).Keys.Where(k => k.StartsWith("GRANARY_", StringComparison.Ordinal)))
                SiloOption.All.Select(o => o.Variable).ShouldContain(variable, name);
        }
    }

    [Fact]
    public void What_the_silos_lean_on_is_where_they_look_for_it()
    {
        foreach (var (name, service) in Silos)
        {
            var environment = Environment(service);
            var settings = SiloEnvironment.Read(environment);
            var connection = new Npgsql.NpgsqlConnectionStringBuilder(settings.Connection!);
            var postgres = Services[connection.Host!]!.AsObject();
            Environment(postgres)["POSTGRES_DB"].ShouldBe(connection.Database);
            Environment(postgres)["POSTGRES_USER"].ShouldBe(connection.Username);
            connection.Port.ShouldBe(5432);

            foreach (var dependency in service["depends_on"]!.AsObject()) Services.ContainsKey(dependency.Key).ShouldBeTrue(name);
            service["networks"]!.AsArray().Select(n => n!.ToString()).ShouldBe(["cluster"]);
            if (settings.Streams != StreamTransport.Kafka) continue;
            var (host, port) = (settings.Kafka!.Split(':')[0], settings.Kafka!.Split(':')[1]);
            Services[host]!["command"]!.AsArray().Select(c => c!.ToString())
                .ShouldContain($"--advertise-kafka-addr=PLAINTEXT://{settings.Kafka}");
            Services[host]!["command"]!.AsArray().Select(c => c!.ToString()).ShouldContain($"--kafka-addr=PLAINTEXT://0.0.0.0:{port}");

            var otlp = new Uri(environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
            Services.ContainsKey(otlp.Host).ShouldBeTrue();
            Collector["receivers"]!["otlp"]!["protocols"]!["grpc"]!["endpoint"]!.ToString().ShouldEndWith($":{otlp.Port}");
        }
        foreach (var service in Services) service.Value!["networks"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldBe("cluster");
    }

    [Fact]
    public void Published_ports_lead_to_ports_that_somebody_listens_on_and_to_this_machine_only()
    {
        var published = new List<(string Profile, string Port)>();
        foreach (var (name, service) in Services)
        {
            foreach (var port in service!["ports"]?.AsArray() ?? [])
            {
                var parts = port!.ToString().Split(':');
                parts[0].ShouldBe("127.0.0.1", name);
                published.AddRange(Profiles(service).Select(profile => (profile, parts[1])));
                if (name.StartsWith("silo", StringComparison.Ordinal))
                    SiloEnvironment.HttpPort(SiloEnvironment.Read(Environment(service.AsObject()))).ToString().ShouldBe(parts[2]);
                if (name == "otel-collector") Collector.ToJsonString().ShouldContain($":{parts[2]}\"");
            }
        }
        published.ShouldBeUnique();
    }

    [Fact]
    public void Silo_and_gateway_ports_are_not_published()
    {
        foreach (var (_, service) in Silos)
        {
            var settings = SiloEnvironment.Read(Environment(service));
            service["ports"]!.ToJsonString().ShouldNotContain($"{settings.SiloPort}");
            service["ports"]!.ToJsonString().ShouldNotContain($"{settings.GatewayPort}");
        }
    }

    [Fact]
    public void Every_service_that_has_a_shell_or_a_probe_of_its_own_has_a_health_check()
    {
        foreach (var (name, service) in Services.Where(s => s.Key is not ("otel-collector" or "keys")))
            service!["healthcheck"]!["test"]!.AsArray().Count.ShouldBeGreaterThan(1, name);
        // The server that PostgreSQL's image starts to make the database listens on a socket only (docker-library/postgres 880).
        Services["postgres"]!["healthcheck"]!["test"]!.ToJsonString().ShouldContain("\"-h\",\"127.0.0.1\"");
        var ownCheck = System.IO.File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "Dockerfile"))
            .Last(l => l.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && l.Contains("granary-silo", StringComparison.Ordinal))
            .Split("CMD ")[1];
        foreach (var (_, service) in Silos)
            service["healthcheck"]!["test"]!.AsArray().Skip(1).Select(t => t!.ToString())
                .ShouldBe(JsonNode.Parse(ownCheck)!.AsArray().Select(t => t!.ToString()));
        foreach (var (_, service) in Silos)
            foreach (var (dependency, how) in service["depends_on"]!.AsObject().Where(d => d.Key is not ("otel-collector" or "keys")))
                how!["condition"]!.ToString().ShouldBe("service_healthy", dependency);
    }

    [Fact]
    public void Without_the_passwords_nothing_starts()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var (variable, value) in service!["environment"]?.AsObject() ?? [])
                if (variable.Contains("PASSWORD", StringComparison.Ordinal) || variable == "PROMETHEUS_KEY"
                    || value!.ToString().Contains("Password=", StringComparison.OrdinalIgnoreCase))
                    Should.Throw<InvalidOperationException>(() => ComposeFile.Interpolate(value!.ToString(),
                        new Dictionary<string, string>()), $"{name}: {variable} has a default");
        }
    }

    [Fact]
    public async Task What_setup_writes_is_what_the_file_asks_for()
    {
        using var folder = new SetUpFolder();
        var asked = Regex.Matches(await System.IO.File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "docker-compose.yml")),
            @"[^$]\$\{(\w+)").Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        var written = await folder.VariablesAsync("full");
        written.Keys.Where(k => !k.StartsWith("COMPOSE_", StringComparison.Ordinal) && k != "GRANARY_KEY").Order(StringComparer.Ordinal)
            .ShouldBe(asked);
        Path.Exists(Path.Combine(SharedData.RepositoryRoot, written["GRANARY_DATA_DIR"])).ShouldBeTrue();
        foreach (var list in new[] { ".gitignore", ".dockerignore" })
            new[] { ".env", "secrets" }.ShouldBeSubsetOf((await System.IO.File.ReadAllLinesAsync(
                Path.Combine(SharedData.RepositoryRoot, list))).Select(l => l.TrimEnd('/')), list);
    }

    [Fact]
    public void A_silo_is_given_more_time_to_stop_than_it_takes()
    {
        foreach (var (_, service) in Silos)
        {
            var grace = service["stop_grace_period"]!.ToString();
            grace.ShouldEndWith("s");
            int.Parse(grace[..^1]).ShouldBeGreaterThan((int)SiloEnvironment.Read(Environment(service)).DrainTimeout.TotalSeconds);
        }
    }

    [Fact]
    public void Files_that_are_mounted_exist_and_volumes_and_secrets_are_declared()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var volume in service!["volumes"]?.AsArray() ?? [])
            {
                var source = ComposeFile.Interpolate(volume!.ToString(), Given).Split(':')[0];
                if (source.StartsWith("./infra", StringComparison.Ordinal) || source.StartsWith("./deploy", StringComparison.Ordinal))
                    Path.Exists(Path.Combine(SharedData.RepositoryRoot, source)).ShouldBeTrue(name);
                else if (!source.StartsWith('.')) File["volumes"]!.AsObject().ContainsKey(source).ShouldBeTrue(name);
            }
        }
    }

    // Version 1 knows the top-level keys of the first specification only: 'name' would end it.
    [Fact]
    public void Both_versions_of_compose_read_its_top_level_keys() =>
        File.Select(k => k.Key).Where(k => !k.StartsWith("x-", StringComparison.Ordinal))
            .ShouldAllBe(k => new[] { "services", "networks", "volumes", "secrets", "configs", "version" }.Contains(k));

    /// <summary>docker-compose 1.29 needs no engine for its own reading of the file.</summary>
    [Fact]
    public async Task Compose_reads_the_file_with_what_setup_writes_as_this_test_does()
    {
        using var folder = new SetUpFolder();
        var variables = await folder.VariablesAsync("small");
        var config = await folder.ComposeAsync("config");
        Assert.SkipWhen(config is null,
            "needs docker-compose, which this machine does not have; on Debian: apt-get install docker-compose");
        var services = ComposeFile.Parse(config)["services"]!.AsObject();
        services.Select(s => s.Key).ShouldBe(Services.Select(s => s.Key), ignoreOrder: true);
        foreach (var (name, service) in Services)
            foreach (var (variable, value) in service!["environment"]?.AsObject() ?? [])
                services[name]!["environment"]![variable]!.ToString().ShouldBe(ComposeFile.Interpolate(value!.ToString(), variables), name);
    }

    [Fact]
    public void The_silos_read_a_copy_of_the_keys_that_belongs_to_their_user_and_start_after_it_is_made()
    {
        var keys = Services["keys"]!;
        var copy = keys["entrypoint"]!.AsArray()[2]!.ToString();
        var user = System.IO.File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "Dockerfile"))
            .Single(l => l.StartsWith("ARG APP_UID=", StringComparison.Ordinal)).Split('=')[1];
        copy.ShouldContain($"chown {user}:{user}");
        foreach (var (name, service) in Silos)
        {
            var path = Environment(service)["GRANARY_KEYS"];
            copy.ShouldContain($" {path}\n", Case.Sensitive, name);
            service["depends_on"]!["keys"]!["condition"]!.ToString().ShouldBe("service_completed_successfully");
            service["volumes"]!.AsArray().Select(v => v!.ToString()).ShouldContain($"keys:{Path.GetDirectoryName(path)}:ro");
        }
    }

    [Fact]
    public void The_folder_with_bars_is_there_where_none_is_named()
    {
        foreach (var (name, service) in Silos)
        {
            var folder = ComposeFile.Interpolate(service["volumes"]!.AsArray().Select(v => v!.ToString())
                .Single(v => v.EndsWith(":/data:ro", StringComparison.Ordinal)), Given).Split(':')[0];
            Directory.EnumerateFileSystemEntries(Path.Combine(SharedData.RepositoryRoot, folder)).ShouldNotBeEmpty(name);
        }
    }

    [Fact]
    public void All_silos_write_runs_into_one_volume_and_read_bars_from_one_folder()
    {
        // A run whose silo is lost is resumed by another one, which has to find what was acknowledged; files of a run are asked of any
        // silo.
        foreach (var option in new[] { "GRANARY_RUNS", "GRANARY_DATA" })
        {
            var mounted = Silos.Select(s => s.Service["volumes"]!.AsArray()
                .Select(v => ComposeFile.Interpolate(v!.ToString(), Given).Split(':')).Single(v => v[1] == Environment(s.Service)[option]))
                .ToList();
            mounted.Select(m => m[0]).Distinct().ShouldHaveSingleItem(option);
            mounted.ShouldAllBe(m => m.Contains("ro") == (option == "GRANARY_DATA"), option);
        }
    }

    [Fact]
    public void Images_have_a_version_of_their_own()
    {
        foreach (var (name, service) in Services.Where(s => s.Value!["image"]!.ToString() != "granary-silo"))
            service!["image"]!.ToString().ShouldMatch(@":v?\d+(\.\d+)+$", name);
    }

    [Fact]
    public void The_collectors_pipelines_are_made_of_what_it_declares()
    {
        foreach (var (_, pipeline) in Collector["service"]!["pipelines"]!.AsObject())
            foreach (var kind in new[] { "receivers", "processors", "exporters" })
                foreach (var part in pipeline![kind]!.AsArray()) Collector[kind]!.AsObject().ContainsKey(part!.ToString()).ShouldBeTrue();
        foreach (var extension in Collector["service"]!["extensions"]!.AsArray())
            Collector["extensions"]!.AsObject().ContainsKey(extension!.ToString()).ShouldBeTrue();
    }
}
