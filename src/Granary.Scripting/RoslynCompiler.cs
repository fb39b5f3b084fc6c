using System.Globalization;
using System.Text;
using Granary.Engine.Factors;
using Granary.Scripting.Completion;
using Granary.Simulation.Plugins;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Granary.Scripting;

/// <summary>Compiles C# with Roslyn in this process. The options equal a release build with nullable references.</summary>
internal sealed class RoslynCompiler : ICodeCompiler
{
    /// <summary>Namespaces that every file has without a <c>using</c>.</summary>
    public static readonly IReadOnlyList<string> Usings =
    [
        "System", "System.Collections.Generic", "System.Linq", "Granary.Engine", "Granary.Engine.Factors", "Granary.Engine.Market",
        "Granary.Engine.Portfolio", "Granary.Engine.Portfolio.Rules", "Granary.Engine.Strategies", "Granary.Engine.Trading",
    ];

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    private static readonly SyntaxTree s_usings = CSharpSyntaxTree.ParseText(
        string.Concat(Usings.Select(name => $"global using {name};\n")), s_language, "usings.cs", Encoding.UTF8);

    private static readonly CSharpCompilationOptions s_options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release, deterministic: true, nullableContextOptions: NullableContextOptions.Enable,
        warningLevel: 4).WithSpecificDiagnosticOptions(
        [
            // Comments need no documentation, and the usings of every file are not all used.
            new("CS1591", ReportDiagnostic.Suppress), new("CS8019", ReportDiagnostic.Suppress), new("CS1701", ReportDiagnostic.Suppress),
        ]);

    private readonly ReferenceSet _references = new();

    /// <inheritdoc/>
    public string Version { get; } = FormattableString.Invariant(
        $"Roslyn {typeof(CSharpCompilation).Assembly.GetName().Version!.ToString(3)}, C# {LanguageVersion.CSharp14.ToDisplayString()}");

    /// <inheritdoc/>
    public CompiledCode Compile(CodeSource source, CancellationToken cancellationToken = default)
    {
        if (SourceNesting.FaultOf(source) is { } nested) return new CompiledCode(null, [nested]);
        var compilation = CompilationOf(source, cancellationToken);
        var directives = Directives(source, compilation.SyntaxTrees[0], cancellationToken);
        if (directives.Count > 0) return new CompiledCode(null, directives);
        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded),
            cancellationToken: cancellationToken);
        List<CodeDiagnostic> found = [.. result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed)
            .OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal).Select(d => Converted(source, d))];
        return new CompiledCode(result.Success ? image.ToArray() : null, found);
    }

    /// <inheritdoc/>
    public CompletionList Complete(CodeSource source, int position, FactorCatalogue factors, CancellationToken cancellationToken = default)
    {
        if (SourceNesting.FaultOf(source) is not null) return new CompletionList(position, []);
        var compilation = CompilationOf(source, cancellationToken);
        return new CodeCompletion(compilation.GetSemanticModel(compilation.SyntaxTrees[0]), position, cancellationToken).Find(factors);
    }

    // The assembly has the name of the file with its ending: no assembly that sees the engine's internals has such a name.
    private CSharpCompilation CompilationOf(CodeSource source, CancellationToken cancellationToken) => CSharpCompilation.Create(source.Name,
        [CSharpSyntaxTree.ParseText(SourceText.From(source.Text, Encoding.UTF8), s_language, source.Name, cancellationToken), s_usings],
        _references.All, s_options);

    // Directives of scripts and of programs in one file, which would bring other files and packages.
    private static List<CodeDiagnostic> Directives(CodeSource source, SyntaxTree tree, CancellationToken cancellationToken)
    {
        var found = new List<CodeDiagnostic>();
        var root = tree.GetRoot(cancellationToken);
        if (!root.ContainsDirectives) return found;
        foreach (var trivia in root.DescendantTrivia().Where(t => t.IsDirective))
        {
            var kind = trivia.Kind();
            if (kind is not (SyntaxKind.ReferenceDirectiveTrivia or SyntaxKind.LoadDirectiveTrivia or SyntaxKind.IgnoredDirectiveTrivia))
                continue;
            var at = tree.GetLineSpan(trivia.Span, cancellationToken).StartLinePosition;
            found.Add(new CodeDiagnostic(source.Name, at.Line + 1, at.Character + 1, CodeSeverity.Error, "GR0001",
                $"the directive '{trivia.ToString().Trim().Split(' ')[0]}' is not available: a strategy file uses .NET's base library and "
                    + "Granary.Engine only; put code that needs a package into a plug-in"));
        }
        return found;
    }

    private static CodeDiagnostic Converted(CodeSource source, Diagnostic diagnostic)
    {
        // Not the mapped span: a directive #line cannot give another place.
        var at = diagnostic.Location.GetLineSpan().StartLinePosition;
        return new CodeDiagnostic(source.Name, at.Line + 1, at.Character + 1,
            diagnostic.Severity == DiagnosticSeverity.Error ? CodeSeverity.Error : CodeSeverity.Warning, diagnostic.Id,
            diagnostic.GetMessage(CultureInfo.InvariantCulture).ReplaceLineEndings(" "));
    }
}
