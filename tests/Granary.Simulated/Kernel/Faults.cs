namespace Granary.Simulated.Kernel;

/// <summary>Which faults happen. Each is a draw with a name, so that a run can be repeated without some of them.</summary>
/// <param name="draws">The stream of the faults.</param>
/// <param name="allowed">The only faults that happen, by name and number; null for all.</param>
internal sealed class Faults(Draws draws, IReadOnlySet<(string Name, int Number)>? allowed)
{
    private readonly Dictionary<string, (Draws Draws, int Asked)> _streams = [];
    private readonly List<(string Name, int Number)> _happened = [];

    /// <summary>Called with the name of each fault that happens.</summary>
    public Action<string>? Noted { get; set; }

    /// <summary>After this no fault happens any more, so that the system can come to rest.</summary>
    public bool AreOver { get; set; }

    /// <summary>The faults of the run so far.</summary>
    public IReadOnlyList<(string Name, int Number)> Happened => _happened;

    /// <summary>Whether a fault happens now, with a probability; equal questions in equal order have equal answers.</summary>
    public bool Happens(string name, double probability)
    {
        var (stream, asked) = _streams.TryGetValue(name, out var known) ? known : (draws.Fork(name), 0);
        _streams[name] = (stream, asked + 1);
        var happens = stream.Chance(probability) && !AreOver && allowed?.Contains((name, asked)) != false;
        if (!happens) return false;
        _happened.Add((name, asked));
        Noted?.Invoke(name);
        return true;
    }
}
