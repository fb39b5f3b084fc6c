using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>Adds the silos of a cluster to the app host.</summary>
internal static class SiloResources
{
    /// <summary>Adds the next silo of a cluster.</summary>
    public static void Add(IResourceBuilder<GranaryResource> builder)
    {
        var (app, cluster) = (builder.ApplicationBuilder, builder.Resource);
        var number = cluster.Silos.Count + 1;
        var name = $"{cluster.Name}-{number}";
        var port = number == 1 ? cluster.Start.Port : null;
        if (cluster.Start is { Image: { } image, Tag: { } tag })
        {
            var container = new GranarySiloContainer(name);
            cluster.Add(container);
            Configure(builder, app.AddResource(container).WithImage(image, tag)
                .WithHttpEndpoint(port, SiloEnvironment.ContainerPort, GranaryResource.HttpEndpoint), number);
            return;
        }
        var executable = new GranarySiloExecutable(name, cluster.Start.Command!, app.AppHostDirectory);
        cluster.Add(executable);
        Configure(builder, app.AddResource(executable)
            .WithHttpEndpoint(port, name: GranaryResource.HttpEndpoint)
            .WithEndpoint(name: SiloEnvironment.SiloEndpoint, scheme: "tcp")
            .WithEndpoint(name: SiloEnvironment.GatewayEndpoint, scheme: "tcp"), number);
    }

    private static void Configure<T>(IResourceBuilder<GranaryResource> builder, IResourceBuilder<T> silo, int number)
        where T : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithWaitSupport
    {
        var (app, cluster) = (builder.ApplicationBuilder, builder.Resource);
        silo.WithOtlpExporter()
            .WithEnvironment(context => SiloEnvironment.Set(cluster, number, app.AppHostDirectory, context.EnvironmentVariables))
            .WithHttpHealthCheck(GranaryHosting.ReadyPath, endpointName: GranaryResource.HttpEndpoint)
            .WithParentRelationship(cluster)
            .WithUrls(context =>
            {
                foreach (var url in context.Urls)
                    if (url.Endpoint?.EndpointName == GranaryResource.HttpEndpoint) url.DisplayText = "Dashboard";
                    else url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
            });
    }

    /// <summary>Checks the cluster after all calls of the app host, and adds what follows from several of them.</summary>
    /// <exception cref="DistributedApplicationException">The calls do not fit together.</exception>
    public static void Complete(IResourceBuilder<GranaryResource> builder)
    {
        var (app, cluster) = (builder.ApplicationBuilder, builder.Resource);
        if (cluster.Silos.Count > 1 && cluster.Database is null)
            throw GranaryHosting.Fault(cluster, $"its {cluster.Silos.Count} silos share no database; call WithPostgres, or WithSilos(1)");
        foreach (var role in (GranaryRoles[])[GranaryRoles.Api, GranaryRoles.Compute])
            if (cluster.FirstWith(role) < 0)
                throw GranaryHosting.Fault(cluster, $"no silo has the role {role}; give it to one with WithRoles");
        if (cluster.Start.IsContainer && cluster.Keys is null)
            throw GranaryHosting.Fault(cluster, "a container listens on all addresses, which needs keys; call WithKeys");
        foreach (var silo in cluster.Silos)
        {
            if (silo is GranarySiloContainer container) Mount(app.CreateResourceBuilder(container), cluster);
            if (silo is IResourceWithWaitSupport waiting) WaitForDependencies(app.CreateResourceBuilder(waiting), cluster);
        }
    }

    private static void WaitForDependencies(IResourceBuilder<IResourceWithWaitSupport> silo, GranaryResource cluster)
    {
        foreach (var needed in (IResource?[])[cluster.Database, cluster.Kafka])
            if (needed is not null) silo.WaitFor(silo.ApplicationBuilder.CreateResourceBuilder(needed));
    }

    private static void Mount(IResourceBuilder<GranarySiloContainer> silo, GranaryResource cluster)
    {
        if (cluster.Data is { } data) silo.WithBindMount(data, SiloEnvironment.DataMount, isReadOnly: true);
        if (cluster.Keys is { } keys) silo.WithBindMount(keys, SiloEnvironment.KeysMount, isReadOnly: true);
        if (cluster.Runs is { } runs) silo.WithBindMount(runs, SiloEnvironment.RunsMount);
        else silo.WithVolume($"{cluster.Name}-runs", SiloEnvironment.RunsMount);
    }
}
