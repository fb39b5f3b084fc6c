namespace Granary.Contracts.Code;

/// <summary>A strategy in one C# file.</summary>
/// <param name="Name">File name, such as <c>Idea.cs</c>; messages begin with it.</param>
/// <param name="Source">C#, at most 1 MB.</param>
public sealed record StrategyFile(string Name, string Source);
