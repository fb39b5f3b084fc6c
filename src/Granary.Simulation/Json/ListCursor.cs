using Granary.Engine;

namespace Granary.Simulation.Json;

/// <summary>Errors about cursors of paged lists.</summary>
internal static class ListCursor
{
    /// <summary>Creates the error for a cursor that no page of the list returned.</summary>
    public static InputException Unknown(string cursor) => new($"cursor={cursor} is in no list here; begin without a cursor");
}
