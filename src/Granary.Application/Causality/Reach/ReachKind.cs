namespace Granary.Application.Causality.Reach;

/// <summary>What code can reach beyond the bars that it is given.</summary>
public enum ReachKind
{
    /// <summary>Files and folders.</summary>
    Files,
    /// <summary>Sockets, HTTP, databases.</summary>
    Network,
    /// <summary>Other processes.</summary>
    Processes,
    /// <summary>Bars or runs through Granary's own readers.</summary>
    DataSource,
    /// <summary>The time of day, or time that passes.</summary>
    Clock,
    /// <summary>Variables and properties of the machine, the process and its input.</summary>
    Environment,
    /// <summary>Numbers without a seed.</summary>
    Randomness,
    /// <summary>State that outlives a run: static fields that are written, static collections that are filled.</summary>
    SharedState,
    /// <summary>Code that is not seen by the scan: reflection, generated code, loaded assemblies.</summary>
    Reflection,
    /// <summary>Native code and memory without bounds.</summary>
    Native,
    /// <summary>Code that cannot be read, or that nothing is known of.</summary>
    Unknown,
}

/// <summary>One way by which a class of a plug-in reaches beyond the bars that it is given.</summary>
/// <param name="Class">The strategy or factor.</param>
/// <param name="Method">The method that does it, as "Type.Method".</param>
/// <param name="Member">What it calls or changes.</param>
public sealed record CodeReach(string Class, ReachKind Kind, string Method, string Member)
{
    /// <summary>The finding as a sentence.</summary>
    public string Sentence => Kind switch
    {
        ReachKind.SharedState => $"{Method} keeps state between runs in {Member}",
        ReachKind.Unknown => $"{Method} calls {Member}, of which it is not known what it reads",
        _ => $"{Method} reaches {Words} through {Member}",
    };

    private string Words => Kind switch
    {
        ReachKind.Files => "files",
        ReachKind.Network => "the network or a database",
        ReachKind.Processes => "other processes",
        ReachKind.DataSource => "Granary's data",
        ReachKind.Clock => "the clock",
        ReachKind.Environment => "the environment",
        ReachKind.Randomness => "random numbers without a seed",
        ReachKind.Reflection => "code by reflection",
        _ => "native code or memory",
    };
}
