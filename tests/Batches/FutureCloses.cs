
namespace Granary.Testing;

/// <summary>The closes of a whole file by their times; an object of the host that strategies can take.</summary>
public sealed class FutureCloses
{
    public IReadOnlyDictionary<long, double> Closes { get; set; } = new Dictionary<long, double>();
}
