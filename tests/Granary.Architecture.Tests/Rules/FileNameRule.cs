using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A file has the name of a type that it declares. Files of a partial type have that name at their start.</summary>
public sealed class FileNameRule : IRule
{
    public string Remedy => "Name the file after the type that it is about.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        foreach (var file in code.Sources.Where(file => file.TopLevelTypes.Any()))
        {
            var name = Path.GetFileNameWithoutExtension(file.Path);
            var types = file.TopLevelTypes.ToList();
            var isProgram = name == "Program" && file.Unit.Members.Any(member => member is GlobalStatementSyntax);
            if (!isProgram && types.TrueForAll(type => SourceFile.NameOf(type) != name && !IsPart(type, name)))
            {
                yield return file.At(types[0], $"the file declares {string.Join(", ", types.Select(SourceFile.NameOf))}, no {name}");
            }
        }
    }

    private static bool IsPart(MemberDeclarationSyntax type, string file) =>
        type.Modifiers.Any(modifier => modifier.ValueText == "partial")
        && file.StartsWith(SourceFile.NameOf(type), StringComparison.Ordinal);
}
