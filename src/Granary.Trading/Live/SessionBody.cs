using System.Diagnostics.CodeAnalysis;
using System.Text;
using Granary.Engine.Catalogues;

namespace Granary.Trading.Live;

/// <summary>The body of <c>POST /api/v1/sessions</c>.</summary>
public sealed record SessionBody : SessionOptions
{
    public SessionBody()
    {
    }

    [SetsRequiredMembers]
    internal SessionBody(SessionStart start) : base(start) =>
        (Configuration, File, Folder) = (Encoding.UTF8.GetString(start.Text), start.File, start.Folder);

    [Key("the text of prod.json as it stands in the file: its hash identifies the configuration")]
    public required string Configuration { get; init; }
    [Key("the path of prod.json, for messages")]
    public string File { get; init; } = "prod.json";
    [Key("the folder that relative paths start from (the server's data folder)")]
    public string Folder { get; init; } = ".";
}
