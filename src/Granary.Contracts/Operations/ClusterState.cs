namespace Granary.Contracts.Operations;

/// <summary>The answer of a health check.</summary>
/// <param name="Status">"live", "ready" or "not ready".</param>
/// <param name="Reasons">What is not ready, by name; absent when all is.</param>
public sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, string>? Reasons = null);

/// <summary>Name and role of the caller.</summary>
/// <param name="Name">The key's name; of a person, name and id from the issuer; "local" if the server asks for neither.</param>
/// <param name="Role">viewer, submitter or admin.</param>
/// <param name="Keys">Whether the server asks for keys or sign-in.</param>
/// <param name="NoCode">Why the caller may not run code of their own, in one sentence; null if they may.</param>
/// <param name="Person">The name of a person who signed in; null for a key.</param>
/// <param name="Limits">The limits of the key's research; null if it has none.</param>
public sealed record CallerAnswer(string Name, string Role, bool Keys, string? NoCode, string? Person, KeyLimits? Limits = null);

/// <summary>The limits of a key's research.</summary>
/// <param name="Trials">How many different combinations the key may try; null = any number.</param>
/// <param name="Holdout">Bars that close after this time are invisible to the key, UTC; null = all bars are visible.</param>
public sealed record KeyLimits(int? Trials, DateTimeOffset? Holdout);

/// <summary>The ways in which a browser can sign in.</summary>
/// <param name="Page">The page that leads to the issuer, and from there back to the path in its parameter <c>return</c>; null = no
/// sign-in.</param>
/// <param name="Keys">Whether the server takes keys.</param>
public sealed record SignInAnswer(string? Page, bool Keys);

/// <summary>The answer to a sign-out.</summary>
/// <param name="Url">The address at which the browser also signs out at the issuer; / if the issuer has none.</param>
public sealed record SignOutAnswer(string Url);

/// <summary>The state of a cluster, as one of its silos sees it.</summary>
/// <param name="Id">Id of the cluster.</param>
/// <param name="Queued">Batches and jobs that wait.</param>
/// <param name="Running">Batches and jobs that run.</param>
/// <param name="Sessions">Live sessions that run, by account.</param>
/// <param name="Silos">By name; those that were declared dead are left out.</param>
public sealed record ClusterState(string Id, IReadOnlyList<string> Queued, IReadOnlyList<string> Running,
    IReadOnlyList<string> Sessions, IReadOnlyList<SiloState> Silos);

/// <summary>A silo of a cluster.</summary>
/// <param name="Name">Its name, which commands to drain or retire use.</param>
/// <param name="Address">Address and port for other silos.</param>
/// <param name="Status">Its status in the cluster's membership, such as active.</param>
/// <param name="Since">When it joined, UTC.</param>
/// <param name="Version">Version of Granary with the commit of its sources; null if it did not answer.</param>
/// <param name="Threads">Number of compute threads; 0 if it did not answer.</param>
/// <param name="Groups">Number of strategy groups that run.</param>
/// <param name="Activations">Number of grain activations.</param>
/// <param name="Draining">Whether it takes no new work.</param>
public sealed record SiloState(string Name, string Address, string Status, DateTimeOffset Since, string? Version, int Threads,
    int Groups, int Activations, bool Draining);
