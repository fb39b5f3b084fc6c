namespace Granary.Hosting.Aspire;

/// <summary>The program of a cluster's silos: a command, or an image.</summary>
/// <param name="Command">Name or path of the program; null for containers.</param>
/// <param name="Image">Name of the image; null for a command.</param>
/// <param name="Tag">Tag of the image.</param>
/// <param name="Port">Port of the first silo's HTTP API; null = any free one.</param>
internal sealed record SiloStart(string? Command, string? Image, string? Tag, int? Port)
{
    public bool IsContainer => Image is not null;
}
