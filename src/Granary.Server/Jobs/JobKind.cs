using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>A kind of long work that can be submitted.</summary>
public abstract class JobKind
{
    /// <summary>As requests write it.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence, for lists of kinds.</summary>
    public abstract string Summary { get; }

    /// <summary>Reads and checks a job of this kind.</summary>
    /// <param name="catalogues">What the process knows.</param>
    /// <exception cref="InputException">The text is wrong; all faults that are found at once.</exception>
    public abstract Job Read(JobText text, GranaryCatalogues catalogues);
}
