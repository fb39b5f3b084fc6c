namespace Granary.Tutorials.Tests;

/// <summary>One step of a page: a file that the reader writes, or commands with what the page says that they print.</summary>
/// <param name="Line">Line of the page, from 1, at which the block begins.</param>
/// <param name="File">The file's name; null of commands.</param>
/// <param name="Text">The file's content, or the commands.</param>
/// <param name="Output">What the commands print, with … for what varies; null where the page does not show it.</param>
internal sealed record PageStep(int Line, string? File, string Text, string? Output);
