using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Registers modules under dotted paths, which TorchSharp does not take as names, by mirroring the float model's tree with empty modules.</summary>
internal sealed class ModuleTree(nn.Module root)
{
    private readonly Dictionary<string, nn.Module> _branches = new() { [""] = root };

    public void Register(string path, nn.Module module)
    {
        if (_branches.TryGetValue(path, out var parts))
        {
            // The result of a composite operator, whose parts are registered below its path: its own state joins them.
            foreach (var (name, child) in module.named_children())
            {
                parts.register_module(name, child);
            }

            return;
        }

        var dot = path.LastIndexOf('.');
        Branch(dot < 0 ? "" : path[..dot]).register_module(path[(dot + 1)..], module);
        _branches[path] = module;
    }

    private nn.Module Branch(string path)
    {
        if (!_branches.TryGetValue(path, out var branch))
        {
            branch = new EmptyModule();
            Register(path, branch);
        }

        return branch;
    }

    private sealed class EmptyModule() : nn.Module("Branch");
}
