using Granary.Cli;

_ = FeltTime.OfProcess;
var host = new CompositionRoot();
return await CommandLine.RunAsync(CommandTable.Create(host, args), host, args);
