using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Silos with the option --kubernetes as processes in pods of an API server that answers what Orleans' agent asks.</summary>
public sealed class KubernetesPodTests : IAsyncLifetime
{
    private const string Dead = "6", Active = "3";

    // Without the agent, three probes of 200 s would have to fail before a silo counts as dead.
    private static readonly string[] s_options = ["--kubernetes", "--failure-timeout", "600"];

    private KubernetesApi? _api;
    private PostgresServer? _server;

    public async ValueTask InitializeAsync()
    {
        if (KubernetesApi.MissingReason is { } reason) Assert.Skip(reason);
        _api = await KubernetesApi.StartAsync();
        _server = await PostgresServer.ShareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private SiloProcess Launch(string connection, string pod, params string[] more) =>
        SiloProcess.LaunchIn(_api!.Pod(pod), connection, FreePorts.Take(3), [.. s_options, .. more]);

    private async Task<string> MembersAsync(string connection) => (await _server!.SqlAsync(
        new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!,
        "SELECT silo_name || '=' || status FROM cluster.cluster_member ORDER BY silo_name, generation")).Trim().ReplaceLineEndings(" ");

    [Fact]
    public async Task A_silo_whose_pod_is_deleted_is_declared_dead_at_once_also_under_the_name_of_an_earlier_pod()
    {
        var connection = await _server!.CreateDatabaseAsync();
        foreach (var pod in (string[])["granary-all-0", "granary-compute-0", "granary-compute-1"]) _api!.Add(pod);
        await using var first = Launch(connection, "granary-all-0");
        await first.ReadyAsync();
        await using var second = Launch(connection, "granary-compute-0", "--roles", "api,compute");
        await second.ReadyAsync();
        // It compares all members with the pods: none of them is without one, whatever roles its name has.
        await using var third = Launch(connection, "granary-compute-1", "--roles", "compute");
        await third.ReadyAsync();
        (await MembersAsync(connection)).ShouldBe($"granary-all-0={Active} granary-compute-0.api.compute={Active} "
            + $"granary-compute-1.compute={Active}");

        // A container that its kubelet starts again has the name and the pod of the one before.
        await third.LeaveAsync();
        await using var again = Launch(connection, "granary-compute-1", "--roles", "compute");
        await again.ReadyAsync();
        again.Kill();
        await again.ExitCodeAsync();
        (await MembersAsync(connection)).ShouldEndWith($"granary-compute-1.compute={Dead} granary-compute-1.compute={Active}");
        _api!.Delete("granary-compute-1");
        await Eventually.HoldsAsync(async () =>
            (await MembersAsync(connection)).EndsWith($"granary-compute-1.compute={Dead} granary-compute-1.compute={Dead}",
                StringComparison.Ordinal));
        (first.Output + second.Output).ShouldContain("since its corresponding pod, granary-compute-1, has been deleted");
        (first.HasExited, second.HasExited).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("granary-all-0", null, true, false, "--kubernetes: the pod 'granary-all-0' has no label 'orleans/serviceId', and the "
        + "cluster is 'granary'; set the label to 'granary', so that other silos find the pod")]
    [InlineData("granary-all-0", "blue", true, false, "--kubernetes: the pod 'granary-all-0' has the label 'orleans/serviceId: blue', and "
        + "the cluster is 'granary'; set the label to 'granary', so that other silos find the pod")]
    [InlineData("granary-all-1", "granary", true, false, "--kubernetes: the namespace 'trading' has no pod 'granary-all-1'; give POD_NAME "
        + "and POD_NAMESPACE from the fields metadata.name and metadata.namespace")]
    [InlineData("granary-all-0", "granary", true, true, "--kubernetes: the service account of the pod 'granary-all-0' may not read pods of "
        + "the namespace 'trading'; give it a Role with the verbs get, list and watch on pods")]
    [InlineData("granary-all-0", "granary", false, false, "--kubernetes: this process is not in a pod with a service account "
        + "(KUBERNETES_SERVICE_HOST or the account's token is missing); set automountServiceAccountToken: true, or leave the option out")]
    public async Task A_pod_without_what_the_agent_needs_is_refused(string pod, string? cluster, bool hasToken, bool isForbidden,
        string sentence)
    {
        _api!.Add("granary-all-0", cluster);
        _api.IsForbidden = isForbidden;
        await using var silo = SiloProcess.LaunchIn(_api.Pod(pod, hasToken), "Host=127.0.0.1;Port=1;Database=x", FreePorts.Take(3),
            s_options);
        (await silo.ExitCodeAsync()).ShouldBe(2, silo.Error);
        silo.Error.ShouldBe(sentence);
    }
}
