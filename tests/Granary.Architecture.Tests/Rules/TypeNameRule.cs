using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A name in src means one type. Types with other type parameters (Result and Result&lt;T&gt;) are different names.</summary>
public sealed class TypeNameRule : IRule
{
    public string Remedy => "Rename all but one of the types, or make them one type.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        var declared =
            from file in code.Sources
            where file.IsUnder("src")
            from type in file.TopLevelTypes
            select (File: file, Type: type, Name: SourceFile.NameOf(type), Parameters: CountOf(type));
        foreach (var same in declared.GroupBy(type => (type.Name, type.Parameters)))
        {
            // The parts of one partial type share project and namespace.
            var types = same.GroupBy(type => (type.File.Namespace, code.ProjectOf(type.File)?.Name))
                .Select(parts => parts.First()).ToList();
            for (var i = 1; i < types.Count; i++)
            {
                yield return types[i].File.At(types[i].Type, $"{same.Key.Name} is also declared in {types[0].File.Path}");
            }
        }
    }

    private static int CountOf(MemberDeclarationSyntax type) => type switch
    {
        TypeDeclarationSyntax declared => declared.TypeParameterList?.Parameters.Count ?? 0,
        DelegateDeclarationSyntax declared => declared.TypeParameterList?.Parameters.Count ?? 0,
        _ => 0,
    };
}
