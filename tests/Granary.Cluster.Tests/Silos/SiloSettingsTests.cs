using Granary.Server.Operations;
using Granary.Silo.Options;
using Microsoft.Extensions.Options;

namespace Granary.Cluster.Tests.Silos;

public class SiloSettingsTests
{
    private static SiloSettings Read(string line, params (string Name, string Value)[] environment) =>
        SiloSettingsReader.Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            n => environment.FirstOrDefault(e => e.Name == n).Value);

    [Fact]
    public void The_contracts_own_command_line_is_understood()
    {
        var s = Read("--urls http://127.0.0.1:8080 --clustering postgres --connection Host=db --cluster-id granary --silo-port 11111 "
            + "--gateway-port 30000 --streams memory --runs runs");
        s.Clustering.ShouldBe(Clustering.Postgres);
        (s.Connection, s.ClusterId, s.SiloPort, s.GatewayPort, s.Streams, s.Runs).ShouldBe(("Host=db", "granary", 11111, 30000,
            StreamTransport.Memory, "runs"));
    }

    [Fact]
    public void Without_anything_said_the_defaults_are_those_of_the_help()
    {
        var s = Read("");
        string Default(string name) => SiloOption.All.Single(o => o.Name == name).Default!;
        s.Urls.ShouldBe(Default("urls"));
        s.ClusterId.ShouldBe(Default("cluster-id"));
        s.SiloPort.ToString().ShouldBe(Default("silo-port"));
        s.GatewayPort.ToString().ShouldBe(Default("gateway-port"));
        s.Runs.ShouldBe(Default("runs"));
        s.Clustering.ToString().ToLowerInvariant().ShouldBe(Default("clustering"));
        s.Streams.ToString().ToLowerInvariant().ShouldBe(Default("streams"));
        s.StartTimeout.TotalSeconds.ToString().ShouldBe(Default("start-timeout"));
        s.FailureTimeout.TotalSeconds.ToString().ShouldBe(Default("failure-timeout"));
        s.DrainTimeout.TotalSeconds.ToString().ShouldBe(Default("drain-timeout"));
    }

    [Theory]
    [InlineData("", "127.0.0.1")]
    [InlineData("--clustering postgres --connection Host=db", "127.0.0.1")]
    [InlineData("--clustering postgres --connection Host=db --urls http://localhost:80;http://[::1]:80", "127.0.0.1")]
    [InlineData("--clustering postgres --connection Host=db --advertise 10.1.2.3", "10.1.2.3")]
    [InlineData("--clustering postgres --connection Host=db --keys {keys} --urls http://127.0.0.1:80;http://0.0.0.0:81", null)]
    [InlineData("--clustering postgres --connection Host=db --keys {keys} --urls http://10.1.2.3:80 --advertise 127.0.0.1", "127.0.0.1")]
    public void Ports_between_silos_are_on_loopback_where_the_api_is_unless_the_settings_say_otherwise(string line, string? address)
    {
        var keys = Path.GetTempFileName();
        try
        {
            (Read(line.Replace("{keys}", keys)).SiloAddress?.ToString()).ShouldBe(address);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public void The_environment_speaks_where_the_command_line_is_silent()
    {
        var s = Read("--silo-port=12000", ("GRANARY_SILO_PORT", "13000"), ("GRANARY_CLUSTER_ID", "blue"),
            ("GRANARY_CLUSTERING", "postgres"), ("GRANARY_CONNECTION", "Host=db"));
        (s.SiloPort, s.ClusterId, s.Clustering).ShouldBe((12000, "blue", Clustering.Postgres));
    }

    [Fact]
    public void A_silo_has_all_roles_or_those_that_it_is_given()
    {
        SiloOption.All.Single(o => o.Name == "roles").Default.ShouldBe("api,compute,sessions");
        Read("").Roles.ShouldBe(SiloRolesText.All);
        Read("--clustering postgres --connection Host=db --roles sessions,api").Roles.ShouldBe(SiloRoles.Api | SiloRoles.Sessions);
        Read("", ("GRANARY_ROLES", "compute"), ("GRANARY_CLUSTERING", "postgres"), ("GRANARY_CONNECTION", "Host=db")).Roles
            .ShouldBe(SiloRoles.Compute);
    }

    [Fact]
    public void A_secret_can_stand_in_a_file_that_a_variable_names()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "Host=db;Password=hush\n");
        try
        {
            Read("--clustering postgres", ("GRANARY_CONNECTION_FILE", file)).Connection.ShouldBe("Host=db;Password=hush");
        }
        finally
        {
            File.Delete(file);
        }
        Should.Throw<OptionsValidationException>(() => Read("--clustering postgres",
            ("GRANARY_CONNECTION_FILE", file))).Failures.First().ShouldContain(file);
    }

    [Fact]
    public void Settings_of_the_brokers_come_from_a_file_of_names_and_values()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# Event Hubs\nsecurity.protocol = SASL_SSL\n\nsasl.password=a=b\n");
            var s = Read($"--streams kafka --kafka b:9093 --kafka-config {file}");
            s.KafkaConfig.ShouldBe(new Dictionary<string, string> { ["security.protocol"] = "SASL_SSL", ["sasl.password"] = "a=b" });
            File.WriteAllText(file, "security.protocol=SASL_SSL\nhush\n");
            var fault = Should.Throw<OptionsValidationException>(() =>
                Read($"--streams kafka --kafka b:9093 --kafka-config {file}")).Failures.ShouldHaveSingleItem();
            fault.ShouldContain("line 2: write name=value");
            fault.ShouldNotContain("hush");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--clustring postgres", "did you mean --clustering?")]
    [InlineData("--silo-port", "--silo-port needs a value: PORT")]
    [InlineData("--silo-port 70000", "--silo-port 70000 is out of range: 1 … 65535")]
    [InlineData("--silo-port 30000", "both 30000")]
    [InlineData("--silo-port 1 --silo-port 2", "given twice")]
    [InlineData("--clustering redis", "use one of localhost, postgres")]
    [InlineData("--clustering postgres", "needs the database")]
    [InlineData("--connection Host=db", "--clustering localhost does not use")]
    [InlineData("--clustering postgres --connection Hots=db", "not a PostgreSQL connection text")]
    [InlineData("--clustering postgres --connection Database=db", "'Host' is missing")]
    [InlineData("--streams kafka", "needs the brokers")]
    [InlineData("--streams kafka --kafka broker", "HOST:PORT")]
    [InlineData("--streams 1", "use one of memory, kafka")]
    [InlineData("--cluster-id a/b", "use letters")]
    [InlineData("--advertise somewhere", "give an IP address")]
    [InlineData("--urls http://0.0.0.0:80", "needs keys")]
    [InlineData("--urls unparsable", "is not an address")]
    [InlineData("--cluster-id=", "--cluster-id needs a value: NAME")]
    [InlineData("--gateway-port x", "--gateway-port x: a whole number is needed")]
    [InlineData("--threads 0", "--threads 0 is out of range: 1 … 1024")]
    [InlineData("--start-timeout 0", "--start-timeout 0 is out of range: 1 … 3600")]
    [InlineData("--failure-timeout 2", "--failure-timeout 2 is out of range: 3 … 600")]
    [InlineData("--drain-timeout -1", "--drain-timeout -1 is out of range: 0 … 3600")]
    [InlineData("--mcp", "--mcp: assistants may name files in the folder of --data only, so that it is needed; add --data DIR")]
    [InlineData("--new-cluster=maybe", "use true or false")]
    [InlineData("--kafka b:1", "--streams memory does not use")]
    [InlineData("--streams none", "use one of memory, kafka")]
    [InlineData("--streams kafka --kafka b:1 --kafka-config nowhere.properties", "nowhere.properties cannot be read")]
    [InlineData("--runs /proc/version", "that is a file; give a folder")]
    [InlineData("--state /proc/version", "that is a file; give a folder")]
    [InlineData("--plugins /nowhere/at/all", "no such folder")]
    [InlineData("--advertise 10.1.2.3", "say --clustering postgres, or leave it out")]
    [InlineData("--clustering postgres --connection Host=db --roles api,trade", "choose from api, compute and sessions")]
    [InlineData("--roles compute", "--roles divides the work of several silos")]
    [InlineData("--kubernetes", "--kubernetes is for silos that find one another; say --clustering postgres")]
    [InlineData("--clustering postgres --connection Host=db --kubernetes --cluster-id blue-", "with --kubernetes it is a label of pods")]
    [InlineData("--clustering postgres --connection Host=db --kubernetes --cluster-id "
        + "a123456789012345678901234567890123456789012345678901234567890123", "use 63 characters at the most")]
    [InlineData("--wholly-unlike-any", "--help lists them")]
    [InlineData("--keys nowhere.json", "granary keys add")]
    [InlineData("--data /nowhere/at/all", "no such folder")]
    [InlineData("batch.json", "'batch.json' is not an option")]
    public void Each_fault_has_its_sentence(string line, string sentence) =>
        Should.Throw<OptionsValidationException>(() => Read(line)).Failures.ShouldHaveSingleItem().ShouldContain(sentence);

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        Should.Throw<OptionsValidationException>(() =>
            Read("--clustering postgres --silo-port x --streams kafka --threads 0")).Failures.Count().ShouldBe(4);
    }

    [Fact]
    public void A_password_in_a_broken_connection_is_not_repeated()
    {
        Should.Throw<OptionsValidationException>(() =>
            Read("--clustering postgres --connection Host=db;Pasword=hush")).Message.ShouldNotContain("hush");
    }
}
