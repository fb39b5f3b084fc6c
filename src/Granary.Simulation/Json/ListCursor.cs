namespace Granary.Simulation.Json;

/// <summary>Cursors of paged lists.</summary>
public static class ListCursor
{
    /// <summary>The fault of a cursor that no page of the list gave.</summary>
    public static InputException Unknown(string cursor) => new($"cursor={cursor} is in no list here; begin without a cursor");
}
