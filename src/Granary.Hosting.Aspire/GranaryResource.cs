using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>A cluster of Granary's silos. Its connection string is the URL of the HTTP API of its first silo with that role.</summary>
public sealed class GranaryResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    /// <summary>Name of a silo's endpoint of the HTTP API.</summary>
    public const string HttpEndpoint = "http";

    private readonly List<IResourceWithEndpoints> _silos = [];
    private readonly Dictionary<int, GranaryRoles> _roles = [];

    internal GranaryResource(string name, SiloStart start) : base(name) => Start = start;

    /// <summary>The silos, in the order of their numbers, which begin with 1.</summary>
    public IReadOnlyList<IResourceWithEndpoints> Silos => _silos;

    /// <summary>The database that the silos share; null = one silo without a database.</summary>
    public IResourceWithConnectionString? Database { get; internal set; }

    /// <summary>The brokers of the streams; null = streams in the memory of the silos.</summary>
    public IResourceWithConnectionString? Kafka { get; internal set; }

    /// <summary>Path of the folder of bar files; null = none is given to the silos.</summary>
    public string? Data { get; internal set; }

    /// <summary>Path of the folder of runs; null = the folder <c>runs</c> of the app host, or a volume of containers.</summary>
    public string? Runs { get; internal set; }

    /// <summary>Path of the file of API keys; null = no keys.</summary>
    public string? Keys { get; internal set; }

    /// <summary>The key that references to this resource pass to their programs; null = none.</summary>
    public ParameterResource? Key { get; internal set; }

    /// <summary>Whether the silos serve the dashboard of Orleans.</summary>
    public bool HasOrleansDashboard { get; internal set; }

    /// <summary>The way in which the silos start.</summary>
    internal SiloStart Start { get; }

    /// <summary>The HTTP API of the first silo with the role <see cref="GranaryRoles.Api"/>.</summary>
    public EndpointReference Endpoint => new(_silos[Math.Max(0, FirstWith(GranaryRoles.Api))], HttpEndpoint);

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.Url)}");

    /// <summary>Returns the roles of a silo.</summary>
    /// <param name="silo">Its number, from 1.</param>
    public GranaryRoles RolesOf(int silo) => _roles.GetValueOrDefault(silo, GranaryRoles.All);

    internal void SetRoles(int silo, GranaryRoles roles) => _roles[silo] = roles;

    internal void Add(IResourceWithEndpoints silo) => _silos.Add(silo);

    /// <summary>The properties of a connection: <c>Uri</c>, and <c>Key</c> if it has one.</summary>
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Uri", ConnectionStringExpression);
        if (Key is { } key) yield return new("Key", ReferenceExpression.Create($"{key}"));
    }

    /// <summary>Index of the first silo that has a role; −1 if none has it.</summary>
    internal int FirstWith(GranaryRoles role)
    {
        for (var i = 0; i < _silos.Count; i++)
            if (RolesOf(i + 1).HasFlag(role)) return i;
        return -1;
    }
}
