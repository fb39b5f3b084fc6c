namespace Granary.Engine.Catalogues;

/// <summary>One entry of a catalogue.</summary>
/// <param name="Name">The name that users write.</param>
/// <param name="Value">Value of the name.</param>
/// <param name="Origin">The class, and the plug-in file where it comes from one, as messages name them.</param>
internal sealed record CatalogueEntry<T>(string Name, T Value, string Origin);
