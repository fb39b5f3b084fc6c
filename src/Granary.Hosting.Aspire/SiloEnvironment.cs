using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>The variables of a silo, which are its options. They are computed when it starts, after all calls of the app host.</summary>
internal static class SiloEnvironment
{
    public const string SiloEndpoint = "silo", GatewayEndpoint = "gateway";

    // Paths and ports of the image.
    public const string DataMount = "/data", RunsMount = "/runs", KeysMount = "/keys/keys.json";

    public const int ContainerPort = 8080;

    public static void Set(GranaryResource cluster, int number, string directory, IDictionary<string, object> variables)
    {
        var isContainer = cluster.Start.IsContainer;
        var silo = cluster.Silos[number - 1];
        variables["GRANARY_CLUSTER_ID"] = cluster.Name;
        // Aspire has everything sampled, so that the polls of the silos would hide the batches. The silo's own sampler leaves them out.
        variables.Remove("OTEL_TRACES_SAMPLER");
        if (isContainer) variables["GRANARY_URLS"] = $"http://0.0.0.0:{ContainerPort}";
        else SetPorts(silo, variables);
        variables["GRANARY_RUNS"] = isContainer ? RunsMount : cluster.Runs ?? Path.Combine(directory, "runs");
        if (cluster.Data is { } data) variables["GRANARY_DATA"] = isContainer ? DataMount : data;
        if (cluster.Keys is { } keys) variables["GRANARY_KEYS"] = isContainer ? KeysMount : keys;
        if (cluster.Database is { } database)
        {
            variables["GRANARY_CLUSTERING"] = "postgres";
            variables["GRANARY_CONNECTION"] = database.ConnectionStringExpression;
        }
        if (cluster.Kafka is { } kafka)
        {
            variables["GRANARY_STREAMS"] = "kafka";
            variables["GRANARY_KAFKA"] = kafka.ConnectionStringExpression;
        }
        if (cluster.RolesOf(number) is not GranaryRoles.All and var roles) variables["GRANARY_ROLES"] = TextOf(roles);
        if (cluster.HasOrleansDashboard) variables["GRANARY_ORLEANS_DASHBOARD"] = "true";
    }

    // Silos reach one another by the ports on which they listen themselves, never by a proxy: their addresses are in the database.
    private static void SetPorts(IResourceWithEndpoints silo, IDictionary<string, object> variables)
    {
        EndpointReferenceExpression PortOf(string endpoint) => new EndpointReference(silo, endpoint).Property(EndpointProperty.TargetPort);
        variables["GRANARY_URLS"] = ReferenceExpression.Create($"http://127.0.0.1:{PortOf(GranaryResource.HttpEndpoint)}");
        variables["GRANARY_SILO_PORT"] = ReferenceExpression.Create($"{PortOf(SiloEndpoint)}");
        variables["GRANARY_GATEWAY_PORT"] = ReferenceExpression.Create($"{PortOf(GatewayEndpoint)}");
    }

    private static string TextOf(GranaryRoles roles) => string.Join(',', Enum.GetValues<GranaryRoles>()
        .Where(r => r != GranaryRoles.All && roles.HasFlag(r)).Select(r => r.ToString().ToLowerInvariant()));
}
