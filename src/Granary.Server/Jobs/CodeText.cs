using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;

namespace Granary.Server.Jobs;

/// <summary>The section <c>code</c> in the text of a job: of a batch, or of the batch in a request.</summary>
internal static class CodeText
{
    private const string Key = "code";

    /// <summary>Whether a text has the section, before it is read: reading a batch runs the constructors of its classes.</summary>
    public static bool IsIn(JsonPart root) => SectionsOf(root).Any();

    /// <summary>Returns the files of a job that was read.</summary>
    internal static IReadOnlyList<JobCode> FilesOf(JobText text) =>
        [.. SectionsOf(JsonPart.Parse(text.File, text.Body)).SelectMany(section => section.Items)
            .Select(item => new CodeSource(item.Need("name").String(), item.Need("source").String()))
            .Select(source => new JobCode(source.Name, source.Hash))];

    private static IEnumerable<JsonPart> SectionsOf(JsonPart root) => root.Members.Select(m => m.Value).Prepend(root)
        .SelectMany(part => part.Members).Where(m => m.Name == Key).Select(m => m.Value);
}
