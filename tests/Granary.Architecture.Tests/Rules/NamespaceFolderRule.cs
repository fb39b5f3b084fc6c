using System.Collections.Frozen;
using Granary.Architecture.Tests.CodeBases;

namespace Granary.Architecture.Tests.Rules;

/// <summary>The namespace of a file is the root namespace of its project, followed by its folders.</summary>
public sealed class NamespaceFolderRule : IRule
{
    // The grains' interfaces and wire types share one root with the grains, because a client must not name the assembly of the grains.
    private static readonly FrozenDictionary<string, string> Roots = new Dictionary<string, string>
    {
        ["Granary.Cluster.Contracts"] = "Granary.Cluster",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Exceptions = new Dictionary<string, string>
    {
        // Extension methods stand in the namespace of the type that they extend.
        ["src/Granary.Cluster.Kafka/KafkaStreams.cs"] = "Orleans.Hosting",

        // EveryTrainerTests is compiled into both projects of trainers. It finds the trainers of its project under one name.
        ["tests/Granary.Learning.MLNet.Tests/TrainersUnderTest.cs"] = "Granary.Learning.Tests.Trainers",
    }.ToFrozenDictionary();

    public string Remedy => "Move the file, or change its namespace.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        foreach (var file in code.Sources.Where(file => file.TopLevelTypes.Any()))
        {
            if (Expected(code, file) is { } expected
                && file.Namespace != expected
                && Exceptions.GetValueOrDefault(file.Path) != file.Namespace)
            {
                yield return new(file.Path, 1, $"the namespace is '{file.Namespace}', the folder says '{expected}'");
            }
        }
    }

    private static string? Expected(CodeBase code, SourceFile file)
    {
        if (code.ProjectOf(file) is not { } project)
        {
            return null;
        }

        var root = Roots.GetValueOrDefault(project.Name, project.RootNamespace);
        var folders = file.Path[(project.Folder.Length + 1)..].Split('/')[..^1];
        return string.Join('.', folders.Prepend(root));
    }
}
