using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>Adds Granary to an Aspire app host.</summary>
public static class GranaryHosting
{
    /// <summary>Path of a silo's probe.</summary>
    internal const string ReadyPath = "/api/v1/health/ready";

    /// <summary>Adds a cluster whose silos run as processes of this machine, at first one silo.</summary>
    /// <param name="name">Name of the resource and of the cluster.</param>
    /// <param name="command">The silo's program: a name on the path, or a file relative to the app host.</param>
    /// <param name="port">Port of the first silo's HTTP API and dashboard; null = any free one.</param>
    /// <exception cref="DistributedApplicationException">The file does not exist.</exception>
    public static IResourceBuilder<GranaryResource> AddGranary(this IDistributedApplicationBuilder builder, string name,
        string command = "granary-silo", int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(command);
        if (command.AsSpan().ContainsAny('/', '\\'))
        {
            command = Path.GetFullPath(command, builder.AppHostDirectory);
            if (!File.Exists(command) && !File.Exists(command + ".exe"))
                throw new DistributedApplicationException($"{name}: the silo's program {command} does not exist; build it with 'dotnet "
                    + "build src/Granary.Silo -c Release', or name another file or a program on the path");
        }
        return Add(builder, name, new SiloStart(command, null, null, port));
    }

    /// <summary>
    /// Adds a cluster whose silos run as containers, at first one silo. It needs keys (<see cref="WithKeys"/>), since a container listens
    /// on all addresses.
    /// </summary>
    /// <param name="name">Name of the resource and of the cluster.</param>
    /// <param name="image">The silo's image, with its registry if it has one.</param>
    /// <param name="tag">Tag of the image.</param>
    /// <param name="port">Port of the first silo's HTTP API and dashboard on this machine; null = any free one.</param>
    public static IResourceBuilder<GranaryResource> AddGranaryContainer(this IDistributedApplicationBuilder builder, string name,
        string image = "granary-silo", string tag = "latest", int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(image);
        ArgumentException.ThrowIfNullOrWhiteSpace(tag);
        return Add(builder, name, new SiloStart(null, image, tag, port));
    }

    /// <summary>Sets the number of silos. Several silos need a database.</summary>
    /// <exception cref="DistributedApplicationException">There are more silos already, or the number is not positive.</exception>
    public static IResourceBuilder<GranaryResource> WithSilos(this IResourceBuilder<GranaryResource> builder, int count)
    {
        var cluster = builder.Resource;
        if (count < 1) throw Fault(cluster, $"WithSilos({count}): a cluster has at least one silo; give 1 or more");
        if (count < cluster.Silos.Count)
            throw Fault(cluster, $"WithSilos({count}): it has {cluster.Silos.Count} silos already; call WithSilos once");
        while (cluster.Silos.Count < count) SiloResources.Add(builder);
        return builder;
    }

    /// <summary>Gives a silo some roles only.</summary>
    /// <param name="silo">The silo's number, from 1.</param>
    /// <exception cref="DistributedApplicationException">There is no such silo or role.</exception>
    public static IResourceBuilder<GranaryResource> WithRoles(this IResourceBuilder<GranaryResource> builder, int silo,
        GranaryRoles roles)
    {
        var cluster = builder.Resource;
        if (silo < 1 || silo > cluster.Silos.Count)
            throw Fault(cluster, $"WithRoles({silo}, …): the silos have the numbers 1 to {cluster.Silos.Count}; call WithSilos before");
        if (roles == 0 || (roles & ~GranaryRoles.All) != 0)
            throw Fault(cluster, $"WithRoles({silo}, {(int)roles}): give Api, Compute or Sessions, or several of them");
        cluster.SetRoles(silo, roles);
        return builder;
    }

    /// <summary>Sets the PostgreSQL database that the silos share. They wait until it is healthy.</summary>
    public static IResourceBuilder<GranaryResource> WithPostgres(this IResourceBuilder<GranaryResource> builder,
        IResourceBuilder<IResourceWithConnectionString> database)
    {
        ArgumentNullException.ThrowIfNull(database);
        builder.Resource.Database = database.Resource;
        return builder.WithReferenceRelationship(database.Resource);
    }

    /// <summary>Sets the Kafka or Redpanda brokers that carry blocks of bars. The silos wait until they are healthy.</summary>
    public static IResourceBuilder<GranaryResource> WithKafka(this IResourceBuilder<GranaryResource> builder,
        IResourceBuilder<IResourceWithConnectionString> brokers)
    {
        ArgumentNullException.ThrowIfNull(brokers);
        builder.Resource.Kafka = brokers.Resource;
        return builder.WithReferenceRelationship(brokers.Resource);
    }

    /// <summary>Sets the folder in which batches find their files, and which they cannot leave.</summary>
    /// <param name="folder">A path, relative to the app host.</param>
    /// <exception cref="DistributedApplicationException">The folder does not exist.</exception>
    public static IResourceBuilder<GranaryResource> WithData(this IResourceBuilder<GranaryResource> builder, string folder)
    {
        var path = FullPath(builder, folder);
        if (!Directory.Exists(path))
            throw Fault(builder.Resource, $"WithData: the folder {path} does not exist; make it, or give the folder of your bar files");
        builder.Resource.Data = path;
        return builder;
    }

    /// <summary>Sets the folder of the runs, which all silos share. Without it: <c>runs</c> beside the app host, or a volume.</summary>
    /// <param name="folder">A path, relative to the app host; the folder is made if it does not exist.</param>
    public static IResourceBuilder<GranaryResource> WithRuns(this IResourceBuilder<GranaryResource> builder, string folder)
    {
        builder.Resource.Runs = FullPath(builder, folder);
        return builder;
    }

    /// <summary>Sets the file of API keys, and a key that programs with a reference to this resource get.</summary>
    /// <param name="file">The file that <c>granary keys add</c> writes, relative to the app host.</param>
    /// <param name="key">A secret parameter with one of its keys; null = references pass no key.</param>
    /// <exception cref="DistributedApplicationException">The file does not exist, or the parameter is not a secret.</exception>
    public static IResourceBuilder<GranaryResource> WithKeys(this IResourceBuilder<GranaryResource> builder, string file,
        IResourceBuilder<ParameterResource>? key = null)
    {
        var path = FullPath(builder, file);
        if (!File.Exists(path))
            throw Fault(builder.Resource, $"WithKeys: the file {path} does not exist; make it with 'granary keys add NAME --role admin "
                + $"--file {path}'");
        if (key is { Resource.Secret: false })
            throw Fault(builder.Resource, $"WithKeys: the parameter {key.Resource.Name} is not a secret, so that Aspire's dashboard would "
                + $"show it; add it with AddParameter(\"{key.Resource.Name}\", secret: true)");
        (builder.Resource.Keys, builder.Resource.Key) = (path, key?.Resource);
        return builder;
    }

    /// <summary>Has the silos serve the dashboard of Orleans at <c>/orleans</c>, for the role admin.</summary>
    public static IResourceBuilder<GranaryResource> WithOrleansDashboard(this IResourceBuilder<GranaryResource> builder)
    {
        builder.Resource.HasOrleansDashboard = true;
        return builder;
    }

    internal static DistributedApplicationException Fault(GranaryResource cluster, string sentence) => new($"{cluster.Name}: {sentence}");

    private static IResourceBuilder<GranaryResource> Add(IDistributedApplicationBuilder builder, string name, SiloStart start)
    {
        var cluster = builder.AddResource(new GranaryResource(name, start)).ExcludeFromManifest();
        SiloResources.Add(cluster);
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            SiloResources.Complete(cluster);
            return Task.CompletedTask;
        });
        return ClusterLifecycle.Follow(cluster);
    }

    private static string FullPath(IResourceBuilder<GranaryResource> builder, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);
    }
}
