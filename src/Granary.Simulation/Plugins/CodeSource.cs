namespace Granary.Simulation.Plugins;

/// <summary>A C# file that a batch carries.</summary>
/// <param name="Name">File name, such as <c>Idea.cs</c>; messages begin with it.</param>
/// <param name="Text">The C# text. Lines end with LF, and it has no byte order mark.</param>
public sealed record CodeSource(string Name, string Text);
