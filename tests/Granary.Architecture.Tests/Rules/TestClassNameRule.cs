using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>A class that declares tests has a name that ends in Tests.</summary>
public sealed class TestClassNameRule : IRule
{
    public string Remedy => "Rename the class, and its file, to what it tests and 'Tests'.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from type in file.Types.OfType<ClassDeclarationSyntax>()
        where type.Members.OfType<MethodDeclarationSyntax>().Any(IsTest)
            && !type.Identifier.ValueText.EndsWith("Tests", StringComparison.Ordinal)
        select file.At(type.Identifier, $"{type.Identifier.ValueText} declares tests");

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes).Select(attribute => attribute.Name.ToString())
            .Any(name => name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal));
}
